import Assembly
import CommandLineTool
import JSONText
import MessageFormat
import SentMessages
import SharedKernel
import SpoolLayout

/// `msg-send --list`: what is accepted and not delivered yet.
struct ListCommand {
  private let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func run() throws -> ExitStatus {
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    let services = try SpoolServices(path: path, purpose: .reading, deadline: deadline)
    let sender = tool.arguments.has(SendOptions.from) ? try tool.arguments.userName(SendOptions.from) : nil
    for (message, next) in try services.sentMessages().waiting() where sender == nil || message.envelope?.sender == sender {
      try tool.output.writeLine(tool.arguments.has(SendOptions.json) ? json(message, next).line : line(message, next))
    }
    return .done
  }

  /// The id, the state, when it is tried next, the price, sender and recipients, the subject.
  private func line(_ message: SentMessage, _ next: Timestamp?) -> String {
    let state = message.state.rawValue
    let recipients = message.envelope?.recipients.map(\.text).joined(separator: ",") ?? "?"
    let line =
      "\(message.id)  \(state)\(String(repeating: " ", count: max(0, 9 - state.count)))  \(next.map(MessageReport.minute) ?? "now             ")  "
      + "\(message.price ?? .zero)  \(message.envelope?.sender.text ?? "?") -> \(recipients)  \(message.envelope?.subject ?? "")"
    let shown = TerminalText.visible(line.trimmingTrailingSpaces)
    return tool.output.columns.map { DisplayWidth.fitted(shown, to: $0) } ?? shown
  }

  private func json(_ message: SentMessage, _ next: Timestamp?) -> JSONValue {
    .record([
      ("id", .string(message.id.description)), ("from", message.envelope.map { .string($0.sender.text) }),
      ("to", message.envelope.map { .array($0.recipients.map { .string($0.text) }) }), ("state", .string(message.state.rawValue)),
      ("price", message.price.map { .integer($0.units) }), ("at", MessageReport.at(message).map { .string($0.rfc3339) }),
      ("accepted", message.envelope.map { .string($0.date.rfc3339) }), ("next", next.map { .string($0.rfc3339) }),
      ("subject", message.envelope.map { .string($0.subject) }),
    ])
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
