import TestSupport
import Testing

/// Every command of the README's tour is run as it stands there, in one shell, and must print what it says it prints
/// (dates and ids aside). Breaks when the README promises what the programs do not do.
@Suite struct ReadmeTests {
  private struct Step: Hashable {
    let command: String
    var output: [String] = []
  }

  private func steps(of file: String = "README.md") throws -> [Step] {
    var steps: [Step] = []
    var isInside = false
    for line in try Repository.read(file).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if isInside {
        steps[steps.count - 1].output.append(String(line))
      }
    }
    return steps
  }

  private func normalized(_ line: String) -> String {
    let digits = String(line.map { $0.isASCII && $0.isNumber && line.contains(":") ? "0" : $0 })
    return digits.replacing("+0000", with: "+ZONE")
  }

  @Test func theKoreanTourIsTheSame() throws { #expect(try steps(of: "README.ko.md") == steps()) }

  @Test func theTourIsTrue() throws {
    let steps = try steps()
    #expect(steps.count > 20, "the tour was not found")
    let home = TemporaryFolder()
    var script = "cd '\(Repository.path)'\n"
    for (index, step) in steps.enumerated() {
      script += "\(step.command) 2>&1\necho '== end \(index)'\n"
      // `$?` is asked in a step of its own.
      if step.command.hasPrefix("export PATH") { script += "PATH='\(toolFolder)':$PATH\n" }
      if index + 1 < steps.count, steps[index + 1].command == "echo $?" {
        script.removeLast("echo '== end \(index)'\n".count)
        script += "status=$?; echo '== end \(index)'; (exit $status)\n"
      }
    }
    let shown = try run("bash", ["-c", script], environment: ["HOME": home.path, "TZ": "UTC", "TMPDIR": home.path])
    let lines = shown.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var rest = lines[...]
    for (index, step) in steps.enumerated() {
      let printed = rest.prefix { $0 != "== end \(index)" }
      rest = rest.dropFirst(printed.count + 1)
      #expect(printed.map(normalized) == step.output.map(normalized), "$ \(step.command)")
    }
  }
}
