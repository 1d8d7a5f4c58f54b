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

  /// The folders in which a hook finds programs.
  package static let searchPath = "/usr/local/bin:/usr/bin:/bin"
  /// Characters of the text in `MSG_ALARM_PREVIEW`.
  private static let previewLength = 80

  package let hook: HookName
  /// The newest of a digest's alarms that its hook is told one by one.
  package static let itemsTold = 1000

  /// KIND RECEIVER ALARM_ID.
  package let arguments: [String]
  /// `NAME=value` words.
  package let environment: [String]
  package let input: JSONValue
  /// `input` as the line that the hook reads.
  package var inputLine: [UInt8] { Array("\(input.line)\n".utf8) }

  package init(_ delivery: Delivery, text: [UInt8], surroundings: Surroundings) {
    let event = delivery.alarm.event
    let content = String(decoding: text, as: UTF8.self)
    let message = JSONValue.record([
      ("id", .string(event.message.description)), ("subject", .string(event.subject)), ("text", .string(content)),
      ("date", .string(event.at.rfc3339)), ("size", .integer(Int64(text.count))), ("priority", .string(event.priority.rawValue)),
    ])
    self.init(
      delivery, input: HookCall.head(delivery, from: event.sender) + [("message", message)], from: event.sender.text,
      message: event.message.description, preview: HookCall.preview(of: content), surroundings)
  }

  /// A digest, with the first words of its newest alarms; older ones are counted only.
  package init(digest delivery: Delivery, previews: [String], surroundings: Surroundings) {
    let alarms = delivery.digested
    let items = zip(alarms.suffix(previews.count), previews).map { alarm, preview in
      JSONValue.record([
        ("id", .string(alarm.id.description)), ("kind", .string(alarm.kind.rawValue)), ("seq", .integer(Int64(alarm.event.sequence))),
        ("from", .string(alarm.event.sender.text)), ("to", .string(alarm.receiver.text)), ("at", .string(alarm.event.at.rfc3339)),
        ("escalated", alarm.unreadBy.map { .string($0.text) }),
        (
          "message",
          .record([
            ("id", .string(alarm.event.message.description)), ("subject", .string(alarm.event.subject)), ("preview", .string(preview)),
            ("date", .string(alarm.event.at.rfc3339)), ("priority", .string(alarm.event.priority.rawValue)),
          ])
        ),
      ])
    }
    let senders = Set(alarms.map { $0.event.sender })
    let only = senders.count == 1 ? senders.first : nil
    self.init(
      delivery, input: HookCall.head(delivery, from: only) + [("count", .integer(Int64(alarms.count))), ("items", .array(items))],
      from: only?.text ?? "", message: "", preview: HookCall.summary(of: alarms), surroundings)
  }

  /// What was kept of another time, with what is different about this one.
  package init(again delivery: Delivery, kept: JSONValue, surroundings: Surroundings) {
    var members: [JSONValue.Member] = []
    if case .object(let all) = kept { members = all }
    let input = members.map { member -> (String, JSONValue?) in
      switch member.key {
      case "attempt": ("attempt", .integer(Int64(delivery.attempt)))
      case "redelivered": ("redelivered", .bool(delivery.isRedelivered))
      default: (member.key, member.value)
      }
    }
    let text = kept["message"]?["text"]?.string ?? "\(kept["count"]?.integer ?? 0) messages"
    self.init(
      delivery, input: input, from: kept["from"]?.string ?? "", message: kept["message"]?["id"]?.string ?? "",
      preview: HookCall.preview(of: text), unreadBy: kept["escalated"]?.string ?? "", surroundings)
  }

  private init(
    _ delivery: Delivery, input: [(String, JSONValue?)], from: String, message: String, preview: String, unreadBy: String? = nil,
    _ surroundings: Surroundings
  ) {
    let alarm = delivery.alarm
    hook = delivery.hook
    arguments = [alarm.kind.rawValue, alarm.receiver.text, alarm.id.description]
    self.input = .record(input)
    let facts = [
      ("ID", alarm.id.description), ("KIND", alarm.kind.rawValue), ("SEQ", String(alarm.event.sequence)), ("FROM", from),
      ("TO", alarm.receiver.text), ("AT", alarm.event.at.rfc3339), ("ATTEMPT", String(delivery.attempt)),
      ("REDELIVERED", delivery.isRedelivered ? "true" : "false"), ("MESSAGE", message),
      ("PRIORITY", (delivery.isDigest ? .normal : alarm.event.priority).rawValue), ("PREVIEW", preview),
      ("ESCALATED", unreadBy ?? alarm.unreadBy?.text ?? ""), ("HOOK", delivery.hook.text),
      ("SPOOL", surroundings.spool),
    ]
    environment =
      facts.map { "MSG_ALARM_\($0)=\($1)" } + ["PATH=\(HookCall.searchPath)", "LANG=C.UTF-8", "HOME=\(surroundings.home)"]
      + (surroundings.timeZone.map { ["TZ=\($0)"] } ?? [])
  }

  /// What every call begins with. `sender` is nil where there are several.
  private static func head(_ delivery: Delivery, from sender: Name?) -> [(String, JSONValue?)] {
    let alarm = delivery.alarm
    return [
      ("v", 1), ("id", .string(alarm.id.description)), ("kind", .string(alarm.kind.rawValue)),
      ("seq", .integer(Int64(alarm.event.sequence))), ("from", sender.map { .string($0.text) } ?? .null),
      ("to", .string(alarm.receiver.text)), ("at", .string(alarm.event.at.rfc3339)), ("attempt", .integer(Int64(delivery.attempt))),
      ("redelivered", .bool(delivery.isRedelivered)), ("escalated", alarm.unreadBy.map { .string($0.text) }),
    ]
  }

  /// `12 messages: 7 from alice, 5 from bob`: what a notification can say of a digest. What was sent is counted apart.
  private static func summary(of alarms: [Alarm]) -> String {
    var parts: [String] = []
    let arrived = alarms.filter { $0.kind == .arrived && $0.unreadBy == nil }
    if !arrived.isEmpty {
      var counts: [Name: Int] = [:]
      for alarm in arrived { counts[alarm.event.sender, default: 0] += 1 }
      let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let named = ranked.prefix(3).map { "\($0.value) from \($0.key)" } + (ranked.count > 3 ? ["others"] : [])
      parts.append("\(arrived.count) message\(arrived.count == 1 ? "" : "s"): \(named.joined(separator: ", "))")
    }
    for (kind, word) in [(AlarmKind.sent, "sent"), (.failed, "not delivered"), (.credit, "low credit")] {
      let count = alarms.count { $0.kind == kind }
      if count > 0 { parts.append("\(count) \(word)") }
    }
    let unread = alarms.count { $0.unreadBy != nil }
    if unread > 0 { parts.append("\(unread) still unread") }
    return parts.joined(separator: "; ")
  }

  /// The first words on one line, without a control character: short enough for any notification.
  package static func preview(of text: String) -> String {
    let line = text.prefix(4 * previewLength).split(whereSeparator: { $0.isWhitespace }).joined(separator: " ").prefix(previewLength)
    return String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control }))
  }
}
