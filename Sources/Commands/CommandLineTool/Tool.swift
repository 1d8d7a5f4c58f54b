package import SharedKernel
internal import SystemCalls

/// A command-line program between its start and its exit status.
package final class Tool {
  package let table: OptionTable
  package let arguments: Arguments
  package let output: StandardOutput
  package let diagnostics: Diagnostics

  private init(table: OptionTable, arguments: Arguments, output: StandardOutput, diagnostics: Diagnostics) {
    (self.table, self.arguments, self.output, self.diagnostics) = (table, arguments, output, diagnostics)
  }

  /// What the completion scripts call: with the words typed behind the tool's name, the last of them unfinished.
  static let completionQuestion = "--complete"

  /// Runs a tool: parses, answers `--help`, `--version` and `--completion`, calls `body`, writes what is buffered, and
  /// ends the process with the status. The only place that turns errors into text and status. `candidates` finds what a shell offers.
  package static func main(
    _ table: OptionTable, candidates: CandidateSource, _ body: (Tool) throws(Failure) -> ExitStatus
  ) -> Never {
    CurrentProcess.guardStandardDescriptors()
    CurrentProcess.setCreationMask(0o007)
    let diagnostics = Diagnostics(tool: table.tool)
    let output = StandardOutput()
    var status = ExitStatus.done
    do throws(Failure) {
      if let words = questionOfShell {
        let position = table.position(in: words, home: CurrentProcess.environment("HOME"))
        for line in try table.completionLines(at: position, candidates) { try output.writeLine(line) }
      } else {
        let arguments = try decodedArguments(for: table)
        let tool = Tool(table: table, arguments: arguments, output: output, diagnostics: diagnostics)
        if try !tool.answerGeneralOptions() { status = try body(tool) }
      }
      try output.finish()
    } catch {
      let failure = error
      // What was printed before the failure belongs to the caller; a second failure to write adds nothing.
      _ = try? output.finish()
      if failure.kind != .nothing || !failure.message.isEmpty { diagnostics.report(failure) }
      status = ExitStatus(failure.kind)
    }
    CurrentProcess.exit(status.code)
  }

  /// The words a shell asks about; nil where this is a command of its own.
  private static var questionOfShell: [String]? {
    let words = CurrentProcess.arguments.map { String(decoding: $0, as: UTF8.self) }
    return words.first == completionQuestion ? Array(words.dropFirst()) : nil
  }

  /// Takes the command line apart; a word that is no UTF-8 is refused, never repaired.
  private static func decodedArguments(for table: OptionTable) throws(Failure) -> Arguments {
    let words = CurrentProcess.arguments.map { String(decoding: $0, as: UTF8.self) }
    let arguments = try table.parse(words)
    for (bytes, word) in zip(CurrentProcess.arguments, words) where String(validating: bytes, as: UTF8.self) == nil {
      let isText = arguments.isText(word, firstOperand: table.textOperand, options: table.allOptions)
      throw Failure(isText ? .badData : .usage, "'\(word)' is not valid UTF-8", remedy: "give it in UTF-8")
    }
    return arguments
  }

  private func answerGeneralOptions() throws(Failure) -> Bool {
    if arguments.has(CommonOptions.quiet) { diagnostics.level = .quiet }
    if arguments.has(CommonOptions.verbose) { diagnostics.level = .verbose }
    // A wrong value is refused before anything is done, whether or not there is anything to colour.
    _ = try usesColor()
    if arguments.has(CommonOptions.help) {
      try output.write(table.help(for: arguments.command))
    } else if arguments.has(CommonOptions.version) {
      try output.writeLine("\(table.tool) \(toolVersion)")
    } else if let name = arguments.value(CommonOptions.completion) {
      guard let shell = CompletionShell(rawValue: name) else {
        throw Failure(.usage, "--completion '\(name)': no such shell", remedy: "bash, zsh or fish")
      }
      try output.write(table.completionScript(for: shell))
    } else {
      return false
    }
    return true
  }

  /// Whether output may carry colour: `--color`, else NO_COLOR, else whether it is a terminal.
  package func usesColor() throws(Failure) -> Bool {
    switch arguments.value(CommonOptions.color) ?? "auto" {
    case "always": true
    case "never": false
    case "auto": output.isTerminal && CurrentProcess.environment("NO_COLOR") == nil && CurrentProcess.environment("TERM") != "dumb"
    case let other: throw Failure(.usage, "--color '\(other)': no such choice", remedy: "auto, always or never")
    }
  }
}
