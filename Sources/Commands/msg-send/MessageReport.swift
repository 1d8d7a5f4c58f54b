import Assembly
import CommandLineTool
import JSONText
import MessageFormat
import SentMessages
import SharedKernel

/// What is told of a message that was sent, by `--status`, `--sent` and `--list`.
enum MessageReport {
  /// The times of its way.
  static func times(_ message: SentMessage) -> [(String, Timestamp?)] {
    [
      ("accepted", message.envelope?.date), ("paid", message.paid), ("delivered", message.delivered), ("read", message.read),
      ("refunded", message.refunded),
    ]
  }

  /// As `--status` and `--sent` answer with `--json`.
  static func json(_ message: SentMessage) -> JSONValue {
    var members: [(String, JSONValue?)] = [
      ("id", .string(message.id.description)),
      ("to", message.envelope.map { .array($0.recipients.map { .string($0.text) }) }),
      ("state", .string(message.state.rawValue)), ("price", message.price.map { .integer($0.units) }),
      ("at", at(message).map { .string($0.rfc3339) }),
    ]
    for (name, time) in times(message) { members.append((name, time.map { .string($0.rfc3339) })) }
    members.append(("error", message.error.map { .string($0) }))
    members.append(("from", message.envelope.map { .string($0.sender.text) }))
    members.append(("subject", message.envelope.map { .string($0.subject) }))
    members.append(("words", .string(message.words)))
    members.append(("receivers", message.copies.isEmpty ? nil : .array(message.copies.map(json))))
    return .record(members)
  }

  /// What became of one copy.
  private static func json(_ copy: DeliveredCopy) -> JSONValue {
    .record([
      ("name", .string(copy.recipient.text)), ("delivered", .string(copy.delivered.rfc3339)),
      ("read", copy.read.map { .string($0.rfc3339) }), ("removed", copy.removed.map { .string($0.rfc3339) }),
    ])
  }

  /// `bob: read 2026-11-22 16:43:05, removed 2026-11-22 17:00:00`.
  static func fate(of copy: DeliveredCopy) -> String {
    let zone = LocalTime.system
    let read = copy.read.map { "read \(zone.second($0))" } ?? "not read"
    return "\(copy.recipient): \(read)" + (copy.removed.map { ", removed \(zone.second($0))" } ?? "")
  }

  /// The id, a time, the state, the price, the recipients, the subject or first words.
  static func table(_ tool: Tool) -> TextTable {
    TextTable([.left, .left, .left, .right, .left, .left], width: tool.output.columns, shares: [4: 4])
  }

  /// With `isOfAll` the sender stands before the recipients.
  static func row(_ message: SentMessage, _ currency: Currency, time: String, isOfAll: Bool) -> [String] {
    let recipients = message.envelope?.recipients.map { $0.text }.joined(separator: ",") ?? "-"
    return [
      message.id.description, time, message.state.rawValue, currency.text(message.price ?? .zero),
      isOfAll ? "\(message.envelope?.sender.text ?? "-") -> \(recipients)" : recipients, message.words,
    ]
  }

  /// The time for which it was sent or scheduled.
  static func at(_ message: SentMessage) -> Timestamp? { message.envelope.map { $0.notBefore ?? $0.date } }

  /// `2026-11-22 16:43` by the clock on the wall.
  static func minute(_ instant: Timestamp) -> String { LocalTime.system.minute(instant) }
}
