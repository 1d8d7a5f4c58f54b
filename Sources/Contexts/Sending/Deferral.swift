internal import MessageFormat
package import SharedKernel

/// What an accepted message waits for.
package enum Deferral: Hashable, Sendable {
  /// Its time, or the time of the next try.
  case time(Timestamp)
  /// Credit, the longest waiting message first. At `until` it is processed in any case, because nothing waits for ever.
  case credit(CreditLine, since: Timestamp, until: Timestamp)
}

/// The messages that wait for the same credit: of one sender, to be paid from one account. Where one of them cannot be paid for now, those
/// behind it need not be tried; another account of the sender may have credit, and another sender of the account be below its limits.
package struct CreditLine: Hashable, Sendable {
  package let sender: Name
  package let account: Name

  package init(sender: Name, account: Name) { (self.sender, self.account) = (sender, account) }
}

extension Envelope {
  var creditLine: CreditLine { CreditLine(sender: sender, account: payer) }
}

/// Says that a message waits, and is found when the message is due. A killed process may leave a stale one, so the message itself is
/// checked.
package struct DueMark: Hashable, Sendable {
  package let id: MessageID
  /// Relative to the spool.
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
