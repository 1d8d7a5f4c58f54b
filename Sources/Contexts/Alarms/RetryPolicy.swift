package import SharedKernel

/// When a hook that failed is tried again, and when it is given up.
package struct RetryPolicy: Sendable {
  package let first: Duration
  package let longest: Duration
  /// Per cent by which a wait is longer or shorter, so that what failed together does not come back together.
  package let spread: Int
  /// After so long since the first attempt an alarm is dead.
  package let limit: Duration
  /// Failures in a row that pause a hook, and for how long.
  package let failuresBeforePause: Int
  package let pause: Duration
  private let random: @Sendable () -> UInt32

  /// `random` gives any 32 bits.
  package init(
    first: Duration = .seconds(5), longest: Duration = .minutes(15), spread: Int = 20, limit: Duration = .hours(26),
    failuresBeforePause: Int = 5, pause: Duration = .minutes(1), random: @escaping @Sendable () -> UInt32
  ) {
    (self.first, self.longest, self.spread, self.limit) = (first, longest, spread, limit)
    (self.failuresBeforePause, self.pause, self.random) = (failuresBeforePause, pause, random)
  }

  /// When attempt `attempt` (from 1), which has just failed, is followed by the next; nil when the alarm is dead instead.
  package func next(after attempt: Int, named: Duration?, first firstAttempt: Timestamp, now: Timestamp) -> Timestamp? {
    let doubled = attempt > 20 ? longest : min(longest, first * (1 << (attempt - 1)))
    let share = 100 - spread + Int(random()) % (2 * spread + 1)
    let next = now.adding(named ?? doubled * share / 100)
    return next > firstAttempt.adding(limit) ? nil : next
  }
}
