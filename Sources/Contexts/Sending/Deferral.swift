package import SharedKernel

/// What an accepted message waits for.
package enum Deferral: Hashable, Sendable {
  /// Its time, or the time of the next try.
  case time(Timestamp)
  /// Credit of its sender, the longest waiting message first. At `until` it is processed in any case, because nothing waits for ever.
  case credit(Name, since: Timestamp, until: Timestamp)
}

/// A sign that a message waits, found where one looks for what is due. It outlives the waiting where a process was killed, so the
/// message is looked at before it is believed.
package struct DueMark: Hashable, Sendable {
  package let id: MessageID
  /// Where the sign stands, relative to the spool.
  package let path: String

  package init(id: MessageID, path: String) { (self.id, self.path) = (id, path) }
}

/// When a message that could not be paid for is tried again. Each wait is half of the message's age at its beginning, so the times follow
/// from the acceptance alone: nothing has to be remembered, and the mark of the next try can be found from the message.
package enum RetrySchedule {
  /// The time between two tries.
  package static let range = Duration.seconds(30)...Duration.hours(1)

  /// In whole seconds.
  private static func wait(after age: Duration) -> Duration { max(range.lowerBound, .seconds(age.components.seconds / 2)) }

  /// The first of the times that is later than now.
  package static func next(accepted: Timestamp, now: Timestamp) -> Timestamp {
    var age = range.lowerBound
    while accepted.adding(age) <= now, age / 2 < range.upperBound { age += RetrySchedule.wait(after: age) }
    if accepted.adding(age) <= now {
      // From here on the wait stays the same.
      age += range.upperBound * ((now.since(accepted) - age).components.seconds / range.upperBound.components.seconds)
      if accepted.adding(age) <= now { age += range.upperBound }
    }
    return accepted.adding(age)
  }
}
