/// A session at a shell as it is written down in a Markdown file: blocks that begin with ```` ```console ````, in them commands
/// behind `$ `, their further lines behind `> `, and what they print, errors included.
package struct Transcript {
  package struct Step: Hashable {
    package var command: String
    package var output: [String] = []
  }

  package var steps: [Step] = []

  package init(markdown: String) {
    var isInside = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if isInside, line.hasPrefix("> "), steps.last?.output.isEmpty == true {
        steps[steps.count - 1].command += "\n" + line.dropFirst(2)
      } else if isInside, !steps.isEmpty {
        steps[steps.count - 1].output.append(String(line))
      }
    }
  }

  /// Runs all commands in one shell, the built tools first in its path, and returns what each printed.
  package func run(in folder: String, environment: [String: String]) throws -> [[String]] {
    var script = "cd '\(folder)'\n"
    for (index, step) in steps.enumerated() {
      // `$?` is asked in a step of its own.
      script += "{ (exit ${status:-0}); \(step.command)\n} 2>&1; status=$?\necho '== end \(index)'\n"
      if step.command.hasPrefix("export PATH") { script += "PATH='\(toolFolder)':$PATH\n" }
    }
    let shown = try TestSupport.run("bash", ["-c", script], environment: environment)
    var rest = shown.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    return steps.indices.map { index in
      // The last line of an output need not be ended.
      let end = rest.firstIndex { $0.hasSuffix("== end \(index)") } ?? rest.endIndex
      var printed = Array(rest[..<end])
      if end < rest.endIndex, rest[end] != "== end \(index)" { printed.append(String(rest[end].dropLast("== end \(index)".count))) }
      rest = rest[min(rest.endIndex, end + 1)...]
      return printed
    }
  }

  /// Whether a line is as it was written down, where `…` stands for any text.
  package static func matches(_ line: String, _ written: String) -> Bool {
    let parts = written.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return line == written }
    guard line.hasPrefix(parts[0]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
