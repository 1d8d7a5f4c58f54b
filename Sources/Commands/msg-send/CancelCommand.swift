import Assembly
import CommandLineTool
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-send --cancel ID`: takes a message back that waits.
struct CancelCommand {
  private let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func run(_ text: String) throws(Failure) -> ExitStatus {
    let sender = try tool.arguments.userName(SendOptions.from)
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    // A command that finds nothing to do makes no spool.
    _ = try SpoolServices(path: path, purpose: .reading, deadline: .now)
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    TerminationSignals.hold()
    defer { TerminationSignals.release() }
    let services = try SpoolServices(path: path, purpose: .writing, deadline: deadline, announce: tool.diagnostics.note)
    let id = MessageID(text) ?? MessageID(sender: sender, key: text)
    try services.sending().cancellation.cancel(id, called: text, for: sender)
    tool.diagnostics.detail("cancelled: \(text)")
    return .done
  }
}
