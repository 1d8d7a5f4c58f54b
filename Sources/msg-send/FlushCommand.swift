import CommandLineTool
import Composition
import Sending
import SharedKernel
import SpoolDirectory
import SystemCalls

/// `msg-send --flush`: tries what waits and is due, and finishes what earlier sends left in the outbox. For cron.
struct FlushCommand {
  /// Seconds the whole may take where `--timeout` does not say: long enough for any queue, short enough to end.
  private static let budget: Int64 = 3600

  private let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func run() throws -> ExitStatus {
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let timeout = tool.arguments.value(SendOptions.timeout)
    let deadline = try timeout == nil ? .after(microseconds: FlushCommand.budget * 1_000_000) : Budget.deadline(timeout)
    TerminationSignals.hold()
    defer { TerminationSignals.release() }
    let services = try SpoolServices(path: path, purpose: .writing, deadline: deadline, announce: tool.diagnostics.note)
    let dispatcher = try services.dispatcher()
    let mayGoOn = { TerminationSignals.pending == nil && Deadline.now < deadline }
    var problems = dispatcher.recover(limit: .max, while: mayGoOn)
    problems += tool.arguments.has(SendOptions.all) ? dispatcher.flushAll(while: mayGoOn) : dispatcher.flush(while: mayGoOn)
    try services.removeStrays()
    for problem in problems { tool.diagnostics.report(problem) }
    return problems.first { $0.kind != .nothing }.map { ExitStatus($0.kind) } ?? .done
  }
}
