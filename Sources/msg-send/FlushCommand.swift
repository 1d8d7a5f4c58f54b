import CommandLineTool
import Composition
import Sending
import SharedKernel
import SpoolDirectory
import SystemCalls

/// `msg-send --flush`: finishes what earlier sends left in the outbox. For cron.
struct FlushCommand {
  private let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func run() throws -> ExitStatus {
    if let word = tool.arguments.operands.first {
      throw Failure(.usage, "--flush takes no recipient ('\(word)')", remedy: "flush and send in two commands")
    }
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    TerminationSignals.hold()
    defer { TerminationSignals.release() }
    let services = try SpoolServices(path: path, purpose: .writing, deadline: deadline, announce: tool.diagnostics.note)
    let problems = try services.dispatcher().recover(limit: .max)
    try services.removeStrays()
    for problem in problems { tool.diagnostics.report(problem) }
    return problems.first.map { ExitStatus($0.kind) } ?? .done
  }
}
