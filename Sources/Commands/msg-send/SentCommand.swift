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

  func run() throws(Failure) -> ExitStatus {
    let since = try tool.arguments.time(SendOptions.since, now: SystemClock().now())
    let limit = try tool.arguments.integer(SendOptions.limit, in: 0...Int.max) ?? .max
    let sender = tool.arguments.has(SendOptions.allSenders) ? nil : try tool.arguments.userName(SendOptions.from)
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    let services = try SpoolServices(path: path, purpose: .reading, deadline: deadline)
    let messages = try services.sentMessages().messages(of: sender, since: since, limit: limit)
    if tool.arguments.has(SendOptions.json) {
      for message in messages { try tool.output.writeLine(MessageReport.json(message).line) }
      return .done
    }
    var table = MessageReport.table(tool)
    for message in messages {
      table.add(
        MessageReport.row(
          message, services.spool.configuration.money, time: (message.envelope?.date ?? message.paid).map(MessageReport.minute) ?? "-",
          isOfAll: sender == nil))
    }
    for line in table.lines { try tool.output.writeLine(line) }
    return .done
  }
}
