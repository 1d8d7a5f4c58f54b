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

/// When a message that could not be paid for is tried again. The wait is half of its age, so nothing has to be remembered.
package enum RetrySchedule {
  /// Between two tries.
  package static let range: ClosedRange<Duration> = Duration.seconds(30)...Duration.seconds(3600)

  package static func next(accepted: Timestamp, now: Timestamp) -> Timestamp {
    let half = Duration.seconds((now.seconds - accepted.seconds) / 2)
    return now.adding(min(range.upperBound, max(range.lowerBound, half)))
  }
}
