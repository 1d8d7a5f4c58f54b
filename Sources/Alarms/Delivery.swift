package import SharedKernel

/// Alarms for one receiver through one hook go one after another; nothing else waits for them.
package struct Lane: Hashable, Sendable {
  package let receiver: Name
  package let hook: HookName
  package init(receiver: Name, hook: HookName) { (self.receiver, self.hook) = (receiver, hook) }
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

  package init(alarm: Alarm, hook: HookName, earlier: EarlierRuns? = nil) {
    (self.alarm, self.hook) = (alarm, hook)
    attempt = (earlier?.attempts ?? 0) + 1
    firstAttempt = earlier?.first
    notBefore = earlier?.notBefore
    isRedelivered = earlier?.wasCutOff ?? false
  }

  package var key: Key { Key(alarm: alarm.id, hook: hook) }
  package var lane: Lane { Lane(receiver: alarm.receiver, hook: hook) }
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
  package init() {}
}
