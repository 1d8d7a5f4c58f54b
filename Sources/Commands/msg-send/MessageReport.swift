import Assembly
import CommandLineTool
import JSONText
import MessageFormat
import SentMessages
import SharedKernel

/// What is told of a message that was sent, by `--status`, `--sent` and `--list`.
enum MessageReport {
  /// The times of its way, and why it ended.
  static func facts(_ message: SentMessage) -> [(String, String?)] {
    [
      ("accepted", message.envelope?.date.rfc3339), ("paid", message.paid?.rfc3339), ("delivered", message.delivered?.rfc3339),
      ("read", message.read?.rfc3339), ("error", message.error),
    ]
  }

  /// As `--status` and `--sent` answer with `--json`.
  static func json(_ message: SentMessage) -> JSONValue {
    var members: [(String, JSONValue?)] = [
      ("id", .string(message.id.description)),
      ("to", message.envelope.map { .array($0.recipients.map { .string($0.text) }) }),
      ("state", .string(message.state.rawValue)), ("price", message.price.map { .integer($0.units) }),
      ("at", message.envelope?.notBefore.map { .string($0.rfc3339) }),
    ]
    for (name, value) in facts(message) { members.append((name, value.map { .string($0) })) }
    return .record(members)
  }

  /// `2026-11-22 16:43` by the clock on the wall.
  static func minute(_ instant: Timestamp) -> String {
    let civil = LocalTime.system.civil(instant)
    return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2)) \(padded(civil.hour, 2)):\(padded(civil.minute, 2))"
  }
}
