package import JSONText
package import SharedKernel

/// Mutes alarms temporarily: it always has an end. What is raised meanwhile is not told; what was raised before, and waits for the end of
/// quiet hours, for another try or for a digest, is told when it is over.
package struct Silence: Hashable, Sendable {
  /// Beyond all that are ever given.
  package static let highestID = 999_999_999_999

  /// Distinguishes it from the others there are; from 1 to `highestID`.
  package let id: Int
  package let begin: Timestamp
  package let end: Timestamp
  /// Only alarms for this receiver, of messages from this sender, by this hook; nil for all.
  package let receiver: Name?
  package let sender: Name?
  package let hook: HookName?
  /// Whether it mutes alarms of urgent messages too.
  package let coversUrgent: Bool
  package let comment: String

  package init(
    id: Int, begin: Timestamp, end: Timestamp, receiver: Name?, sender: Name?, hook: HookName?, coversUrgent: Bool = false, comment: String
  ) {
    (self.id, self.begin, self.end) = (id, begin, end)
    (self.receiver, self.sender, self.hook, self.coversUrgent, self.comment) = (receiver, sender, hook, coversUrgent, comment)
  }

  package func isInForce(at now: Timestamp) -> Bool { now < end }

  package func covers(_ alarm: Alarm, by hook: HookName, at now: Timestamp) -> Bool {
    isInForce(at: now) && (receiver ?? alarm.receiver) == alarm.receiver && (self.hook ?? hook) == hook
      && (sender ?? alarm.event.sender) == alarm.event.sender && (coversUrgent || alarm.event.priority != .urgent)
  }

  /// A digest is covered where everything that it tells is.
  func covers(_ delivery: Delivery, at now: Timestamp) -> Bool {
    delivery.isDigest
      ? delivery.digested.allSatisfy { covers($0, by: delivery.hook, at: now) } : covers(delivery.alarm, by: delivery.hook, at: now)
  }
}

extension Silence {
  package var json: JSONValue {
    .record([
      ("id", .integer(Int64(id))), ("begin", .string(begin.rfc3339)), ("end", .string(end.rfc3339)),
      ("to", receiver.map { .string($0.text) } ?? .null), ("from", sender.map { .string($0.text) } ?? .null),
      ("hook", hook.map { .string($0.text) } ?? .null), ("urgent_too", .bool(coversUrgent)), ("comment", .string(comment)),
    ])
  }

  /// Reads one back; nil for anything else, and where a restriction cannot be read: it would silence more than was meant.
  package init?(_ json: JSONValue) {
    func word<Word>(_ key: String, _ make: (String) -> Word?) -> (isFine: Bool, word: Word?) {
      guard let text = json[key]?.string else { return (true, nil) }
      let word = make(text)
      return (word != nil, word)
    }
    let receiver = word("to") { Name($0) }
    let sender = word("from") { Name($0) }
    let hook = word("hook") { HookName($0) }
    guard let id = json["id"]?.integer, id > 0, id <= Int64(Silence.highestID),
      let begin = json["begin"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
      let end = json["end"]?.string.flatMap({ Timestamp(rfc3339: $0) }), receiver.isFine, sender.isFine, hook.isFine
    else { return nil }
    self.init(
      id: Int(id), begin: begin, end: end, receiver: receiver.word, sender: sender.word, hook: hook.word,
      coversUrgent: json["urgent_too"]?.bool ?? false, comment: json["comment"]?.string ?? "")
  }
}
