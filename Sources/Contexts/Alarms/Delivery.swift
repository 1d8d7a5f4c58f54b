package import JSONText
package import SharedKernel

/// Why alarms are postponed, beside quiet hours.
package enum Postponement: Hashable, Sendable {
  /// Until the end of the silence of that id.
  case silence(Int)
  /// Until each message has been unread for as long as its escalation says.
  case escalation
}

/// Alarms for one receiver through one hook go one after another; nothing else waits for them. What is postponed has a lane of its own, in
/// which nothing is started.
package struct Lane: Hashable, Sendable {
  package let receiver: Name
  package let hook: HookName
  /// Nil where its content is started.
  package let postponement: Postponement?
  package init(receiver: Name, hook: HookName, postponement: Postponement? = nil) {
    (self.receiver, self.hook, self.postponement) = (receiver, hook, postponement)
  }

  /// The lane in which its content is started.
  var open: Lane { Lane(receiver: receiver, hook: hook) }
}

/// One alarm for one hook, until its outcome is final.
package struct Delivery: Hashable, Sendable {
  package struct Key: Hashable, Sendable {
    package let alarm: AlarmID
    package let hook: HookName
    package init(alarm: AlarmID, hook: HookName) { (self.alarm, self.hook) = (alarm, hook) }
  }

  package let alarm: Alarm
  package let hook: HookName
  /// The number of the run that comes next or is under way, from 1 on.
  package var attempt: Int
  /// When it was first run; nil before that.
  package var firstAttempt: Timestamp?
  /// Not to be run before this; nil for at once.
  package var notBefore: Timestamp?
  /// Whether an earlier run was cut off, so that the hook may have done its work already.
  package var isRedelivered: Bool
  /// When the daemon met it; nil before that.
  package var raised: Timestamp?
  /// It came in its receiver's quiet hours; of a digest, something of it did.
  package var isHeld = false
  /// Why it is postponed; nil for one that is not.
  var postponement: Postponement?
  /// The alarms it stands for; empty unless it is a digest.
  package private(set) var digested: [Alarm] = []
  /// What the hook is given, kept from another time; nil where the message itself is to be read.
  package private(set) var kept: JSONValue?

  package init(alarm: Alarm, hook: HookName, earlier: EarlierRuns? = nil) {
    (self.alarm, self.hook) = (alarm, hook)
    attempt = (earlier?.attempts ?? 0) + 1
    firstAttempt = earlier?.first
    notBefore = earlier?.notBefore
    isRedelivered = earlier?.wasCutOff ?? false
  }

  /// One delivery in the place of several of a lane, which must not be empty. `id` where it was given to them before.
  package init(digesting deliveries: [Delivery], as id: AlarmID? = nil, earlier: EarlierRuns? = nil) {
    let alarms = deliveries.map { $0.alarm }
    let hook = deliveries[0].hook
    let id = id ?? AlarmID(digestOf: alarms.map { $0.id }, hook: hook)
    self.init(alarm: Alarm(digest: id, first: alarms[0]), hook: hook, earlier: earlier)
    digested = alarms
    raised = deliveries[0].raised
    isHeld = deliveries.contains { $0.isHeld }
  }

  /// A delivery that was final once and is made again, from what was kept of it.
  package init(again alarm: Alarm, hook: HookName, kept: JSONValue, attempts: Int) {
    self.init(alarm: alarm, hook: hook)
    (self.kept, attempt, isRedelivered) = (kept, attempts + 1, true)
  }

  package var isDigest: Bool { alarm.kind == .digest }
  /// A person asked for it again: it is not part of the feed's progress.
  package var isReplay: Bool { kept != nil }
  /// Whether it passes digests and quiet hours.
  package var isPressing: Bool { isReplay || alarm.event.priority == .urgent && !isDigest }
  /// Whether its hook was never asked, so that it may still become part of a digest.
  package var isFresh: Bool { attempt == 1 && notBefore == nil && !isDigest && !isRedelivered }
  /// The sequences whose outcome it is.
  var sequences: [Int] { isReplay ? [] : isDigest ? digested.map { $0.event.sequence } : [sequence] }

  package var key: Key { Key(alarm: alarm.id, hook: hook) }
  package var lane: Lane { Lane(receiver: alarm.receiver, hook: hook, postponement: postponement) }
  package var sequence: Int { alarm.event.sequence }
}

/// What is known of a delivery from before the daemon was started anew.
package struct EarlierRuns: Hashable, Sendable {
  package var attempts = 0
  package var first: Timestamp?
  package var notBefore: Timestamp?
  /// A run was begun and its outcome is not known.
  package var wasCutOff = false
  /// The outcome is final; there is nothing left to do.
  package var isFinal = false
  /// The final outcome was that it is dead.
  package var isDead = false
  /// It was held in quiet hours.
  package var wasHeld = false
  /// The digest that it became part of: what became of that became of it.
  package var digest: AlarmID?
  package init() {}
}
