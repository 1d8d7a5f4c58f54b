package import JSONText
internal import SharedKernel

/// What a hook is given: arguments, environment and one line of JSON on standard input.
package struct HookCall: Hashable, Sendable {
  /// What the hook inherits from the daemon, and nothing else.
  package struct Surroundings: Hashable, Sendable {
    package let spool: String
    package let home: String
    package let timeZone: String?
    package init(spool: String, home: String, timeZone: String?) { (self.spool, self.home, self.timeZone) = (spool, home, timeZone) }
  }

  /// Characters of the text in `MSG_ALARM_PREVIEW`.
  private static let previewLength = 80

  package let hook: HookName
  /// KIND RECEIVER ALARM_ID.
  package let arguments: [String]
  /// `NAME=value` words.
  package let environment: [String]
  package let input: JSONValue
  /// `input` as the line that the hook reads.
  package var inputLine: [UInt8] { Array("\(input.line)\n".utf8) }

  package init(_ delivery: Delivery, text: [UInt8], surroundings: Surroundings) {
    let (alarm, event) = (delivery.alarm, delivery.alarm.event)
    hook = delivery.hook
    arguments = [alarm.kind.rawValue, alarm.receiver.text, alarm.id.description]
    let content = String(decoding: text, as: UTF8.self)
    input = .record([
      ("v", 1), ("id", .string(alarm.id.description)), ("kind", .string(alarm.kind.rawValue)), ("seq", .integer(Int64(event.sequence))),
      ("from", .string(event.sender.text)), ("to", .string(alarm.receiver.text)), ("at", .string(event.at.rfc3339)),
      ("attempt", .integer(Int64(delivery.attempt))), ("redelivered", .bool(delivery.isRedelivered)),
      (
        "message",
        .record([
          ("id", .string(event.message.description)), ("subject", .string(event.subject)), ("text", .string(content)),
          ("date", .string(event.at.rfc3339)), ("size", .integer(Int64(text.count))), ("priority", .string(event.priority.rawValue)),
        ])
      ),
    ])
    let facts = [
      ("ID", alarm.id.description), ("KIND", alarm.kind.rawValue), ("SEQ", String(event.sequence)), ("FROM", event.sender.text),
      ("TO", alarm.receiver.text), ("AT", event.at.rfc3339), ("ATTEMPT", String(delivery.attempt)),
      ("REDELIVERED", delivery.isRedelivered ? "true" : "false"), ("MESSAGE", event.message.description),
      ("PRIORITY", event.priority.rawValue),
      ("PREVIEW", HookCall.preview(of: content)), ("HOOK", delivery.hook.text), ("SPOOL", surroundings.spool),
    ]
    environment =
      facts.map { "MSG_ALARM_\($0)=\($1)" } + ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=\(surroundings.home)"]
      + (surroundings.timeZone.map { ["TZ=\($0)"] } ?? [])
  }

  /// The first words on one line, without a control character: short enough for any notification.
  private static func preview(of text: String) -> String {
    let line = text.prefix(4 * previewLength).split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(previewLength)
    return String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control }))
  }
}
