package import JSONText
package import SharedKernel

/// What became of an alarm at one moment: a line of the history.
package struct HistoryLine: Hashable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    case delivered, retrying, dead, skipped
    /// A silence was in force.
    case silenced
    /// It came in quiet hours and waits for their end.
    case held
    /// It became part of a digest, and its outcome is that one's.
    case digested
    /// The receiver had read the message before a digest could tell of it.
    case read
    /// The entry is not an event: its message was never delivered, or the file is damaged.
    case void
    /// Sequences that were removed before they could be read.
    case gap
  }

  package let time: Timestamp
  package let state: State
  /// The first one where the line is about several.
  package let sequence: Int
  package var alarm: AlarmID?
  package var kind: AlarmKind?
  package var receiver: Name?
  package var sender: Name?
  package var message: MessageID?
  /// Nil where no hook was concerned.
  package var hook: HookName?
  package var attempt: Int?
  /// The exit status; 128 and the number of the signal that ended the hook; nil where it did not run.
  package var exit: Int?
  package var duration: Duration?
  /// True when an earlier run of the same alarm was cut off.
  package var isRedelivered = false
  package var retryAt: Timestamp?
  /// The last sequence of a gap, or of what a digest tells.
  package var until: Int?
  /// How many alarms a digest tells.
  package var count: Int?
  /// The digest that the alarm became part of.
  package var digest: AlarmID?
  /// The receiver that has not read the message, of an escalation.
  package var unreadBy: Name?
  /// True for an event that the feed had missed.
  package var isRecovered = false
  /// Why, in words.
  package var error: String?

  package init(time: Timestamp, state: State, sequence: Int) { (self.time, self.state, self.sequence) = (time, state, sequence) }

  package init(time: Timestamp, state: State, alarm: Alarm, hook: HookName?) {
    self.init(time: time, state: state, event: alarm.event)
    (self.alarm, kind, receiver, self.hook) = (alarm.id, alarm.kind, alarm.receiver, hook)
    unreadBy = alarm.unreadBy
  }

  package init(time: Timestamp, state: State, event: Event) {
    self.init(time: time, state: state, sequence: event.sequence)
    (receiver, sender, message) = (event.receiver, event.sender, event.message)
    isRecovered = event.isRecovered
  }

  /// The line of one delivery, which may be a digest.
  package init(time: Timestamp, state: State, delivery: Delivery) {
    self.init(time: time, state: state, alarm: delivery.alarm, hook: delivery.hook)
    guard delivery.isDigest else { return }
    (sender, message, isRecovered) = (nil, nil, false)
    count = delivery.digested.isEmpty ? delivery.kept?["count"]?.integer.map { Int($0) } : delivery.digested.count
    until = delivery.digested.map { $0.event.sequence }.max()
  }

  /// Whether nothing more will come of it. What became part of a digest ends with that.
  package var isFinal: Bool { state != .retrying && state != .held && state != .digested }
}

extension HistoryLine {
  /// The keys that scripts rely on are always there; `escalated`, `redelivered`, `recovered`, `retry_at`, `until`, `count`,
  /// `digest` and `error` where they say something.
  package var json: JSONValue {
    func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    func optional(_ number: Int?) -> JSONValue { number.map { .integer(Int64($0)) } ?? .null }
    return .record([
      ("time", .string(time.rfc3339)), ("id", optional(alarm?.description)), ("seq", .integer(Int64(sequence))),
      ("kind", optional(kind?.rawValue)), ("receiver", optional(receiver?.text)), ("from", optional(sender?.text)),
      ("message", optional(message?.description)), ("hook", optional(hook?.text)), ("state", .string(state.rawValue)),
      ("attempt", optional(attempt)), ("exit", optional(exit)), ("duration_ms", optional(duration.map { Int($0.microseconds / 1000) })),
      ("escalated", unreadBy.map { .string($0.text) }), ("redelivered", isRedelivered ? true : nil),
      ("recovered", isRecovered ? true : nil),
      ("retry_at", retryAt.map { .string($0.rfc3339) }),
      ("until", until.map { .integer(Int64($0)) }), ("count", count.map { .integer(Int64($0)) }),
      ("digest", digest.map { .string($0.description) }), ("error", error.map { .string($0) }),
    ])
  }

  /// Reads a line back; nil for one that is torn or not ours.
  package init?(_ json: JSONValue) {
    guard let time = json["time"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
      let state = json["state"]?.string.flatMap({ State(rawValue: $0) }), let sequence = json["seq"]?.integer
    else { return nil }
    self.init(time: time, state: state, sequence: Int(sequence))
    alarm = json["id"]?.string.flatMap { AlarmID($0) }
    kind = json["kind"]?.string.flatMap { AlarmKind(rawValue: $0) }
    receiver = json["receiver"]?.string.flatMap { Name($0) }
    sender = json["from"]?.string.flatMap { Name($0) }
    message = json["message"]?.string.flatMap { MessageID($0) }
    hook = json["hook"]?.string.flatMap { HookName($0) }
    attempt = json["attempt"]?.integer.map { Int($0) }
    exit = json["exit"]?.integer.map { Int($0) }
    duration = json["duration_ms"]?.integer.map { .milliseconds($0) }
    isRedelivered = json["redelivered"]?.bool ?? false
    retryAt = json["retry_at"]?.string.flatMap { Timestamp(rfc3339: $0) }
    until = json["until"]?.integer.map { Int($0) }
    count = json["count"]?.integer.map { Int($0) }
    digest = json["digest"]?.string.flatMap { AlarmID($0) }
    isRecovered = json["recovered"]?.bool ?? false
    unreadBy = json["escalated"]?.string.flatMap { Name($0) }
    error = json["error"]?.string
  }
}
