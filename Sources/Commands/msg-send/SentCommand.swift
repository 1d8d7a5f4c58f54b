import Assembly
import CommandLineTool
import JSONText
import MessageFormat
import SentMessages
import SharedKernel
import SpoolLayout

/// `msg-send --sent`: what I sent, newest last.
struct SentCommand {
  private let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func run() throws -> ExitStatus {
    let since = try tool.arguments.time(SendOptions.since, now: SystemClock().now())
    let limit = try tool.arguments.integer(SendOptions.limit, in: 0...Int.max) ?? .max
    let sender = try tool.arguments.userName(SendOptions.from)
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    let services = try SpoolServices(path: path, purpose: .reading, deadline: deadline)
    for message in try services.sentMessages().messages(of: sender, since: since, limit: limit) {
      try tool.output.writeLine(tool.arguments.has(SendOptions.json) ? MessageReport.json(message).line : line(message))
    }
    return .done
  }

  /// The id, when it was sent, the state, the price, the recipients.
  private func line(_ message: SentMessage) -> String {
    let time = (message.envelope?.date ?? message.paid).map(MessageReport.minute) ?? "-               "
    let state = message.state.rawValue
    let recipients = message.envelope?.recipients.map(\.text).joined(separator: ",") ?? "-"
    let line =
      "\(message.id)  \(time)  \(state)\(String(repeating: " ", count: max(0, 9 - state.count)))  \(message.price ?? .zero)  \(recipients)"
    return tool.output.columns.map { DisplayWidth.fitted(line, to: $0) } ?? line
  }
}
