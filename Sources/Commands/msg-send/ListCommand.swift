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

  func run() throws(Failure) -> ExitStatus {
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    let services = try SpoolServices(path: path, purpose: .reading, deadline: deadline)
    let sender = tool.arguments.has(SendOptions.allSenders) ? nil : try tool.arguments.userName(SendOptions.from)
    let waiting = try services.sentMessages().waiting().filter { sender == nil || $0.message.envelope?.sender == sender }
    if tool.arguments.has(SendOptions.json) {
      for (message, next) in waiting { try tool.output.writeLine(json(message, next).line) }
      return .done
    }
    var table = MessageReport.table(tool)
    for (message, next) in waiting {
      table.add(
        MessageReport.row(
          message, services.spool.configuration.money, time: next.map(MessageReport.minute) ?? "now", isOfAll: sender == nil))
    }
    for line in table.lines { try tool.output.writeLine(line) }
    return .done
  }

  private func json(_ message: SentMessage, _ next: Timestamp?) -> JSONValue {
    .record([
      ("id", .string(message.id.description)), ("from", message.envelope.map { .string($0.sender.text) }),
      ("to", message.envelope.map { .array($0.recipients.map { .string($0.text) }) }), ("state", .string(message.state.rawValue)),
      ("price", message.price.map { .integer($0.units) }), ("at", MessageReport.at(message).map { .string($0.rfc3339) }),
      ("accepted", message.envelope.map { .string($0.date.rfc3339) }), ("next", next.map { .string($0.rfc3339) }),
      ("subject", message.envelope.map { .string($0.subject) }), ("words", .string(message.words)),
    ])
  }
}
