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
    return .record(members)
  }

  /// The time for which it was sent or scheduled.
  static func at(_ message: SentMessage) -> Timestamp? { message.envelope.map { $0.notBefore ?? $0.date } }

  /// `2026-11-22 16:43` by the clock on the wall.
  static func minute(_ instant: Timestamp) -> String { LocalTime.system.minute(instant) }
}
