import Assembly
import CommandLineTool
import JSONText
import MessageFormat
import SentMessages
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-send --status ID`: where a sent message is.
struct StatusCommand {
  private let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func run(_ text: String) throws(Failure) -> ExitStatus {
    let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    let services = try SpoolServices(path: path, purpose: .reading, deadline: deadline)
    guard let message = try services.sentMessages().message(id(text)) else {
      throw Failure(
        .notFound, "message '\(text)' is not known here", remedy: "give the id that msg-send printed, or the key it was sent with")
    }
    if tool.arguments.has(SendOptions.json) {
      try tool.output.writeLine(MessageReport.json(message).line)
    } else {
      try tool.output.write(table(message, services.spool.configuration.money))
    }
    return .done
  }

  /// An id as printed, or the key that the user sent under.
  private func id(_ text: String) throws(Failure) -> MessageID {
    if let id = MessageID(text) { return id }
    return MessageID(sender: try tool.arguments.userName(SendOptions.from), key: text)
  }

  private func table(_ message: SentMessage, _ currency: Currency) -> String {
    var rows: [(String, String?)] = [
      ("id", message.id.description), ("state", message.state.rawValue),
      ("to", message.envelope?.recipients.map { $0.text }.joined(separator: ", ")), ("price", message.price.map { currency.text($0) }),
    ]
    if let time = message.envelope?.notBefore {
      rows.append(("at", LocalTime.system.absoluteAndRelative(time, now: SystemClock().now())))
    }
    rows += MessageReport.times(message).map { name, time in
      (name, time.map { "\(LocalTime.system.second($0)) \(LocalTime.system.zone($0))" })
    }
    if message.copies.count > 1 || message.copies.contains(where: { $0.removed != nil }) {
      rows += message.copies.map { ("by", MessageReport.fate(of: $0)) }
    }
    if let words = message.envelope.map({ $0.subject.isEmpty ? message.words : $0.subject }), !words.isEmpty {
      rows.append((message.envelope?.subject.isEmpty == true ? "text" : "subject", words))
    }
    rows.append(("error", message.error))
    return rows.compactMap { name, value in
      value.map { name + String(repeating: " ", count: 10 - name.count) + TerminalText.visible($0) + "\n" }
    }.joined()
  }
}
