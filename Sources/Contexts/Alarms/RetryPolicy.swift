package import SharedKernel

/// When a hook that failed is tried again, and when it is given up. Times in seconds.
package struct RetryPolicy: Sendable {
  package let first: Int64
  package let longest: Int64
  /// Per cent by which a wait is longer or shorter, so that what failed together does not come back together.
  package let spread: Int64
  /// After so long since the first attempt an alarm is dead.
  package let limit: Int64
  /// Failures in a row that pause a hook, and for how long.
  package let failuresBeforePause: Int
  package let pause: Int64
  private let random: @Sendable () -> UInt32

  /// `random` gives any 32 bits.
  package init(
    first: Int64 = 5, longest: Int64 = 900, spread: Int64 = 20, limit: Int64 = 26 * 3600, failuresBeforePause: Int = 5,
    pause: Int64 = 60, random: @escaping @Sendable () -> UInt32
  ) {
    (self.first, self.longest, self.spread, self.limit) = (first, longest, spread, limit)
    (self.failuresBeforePause, self.pause, self.random) = (failuresBeforePause, pause, random)
  }

  /// When attempt `attempt` (from 1), which has just failed, is followed by the next; nil when the alarm is dead instead.
  package func next(after attempt: Int, named: Int?, first firstAttempt: Timestamp, now: Timestamp) -> Timestamp? {
    let wait: Int64
    if let named {
      wait = Int64(min(named, Int(limit) + 1)) * 1_000_000
    } else {
      let doubled = attempt > 20 ? longest : min(longest, first << Int64(attempt - 1))
      let share = 100 - spread + Int64(random()) % (2 * spread + 1)
      wait = doubled * share * 10_000
    }
    let next = Timestamp(microseconds: now.microseconds + wait)
    return next > firstAttempt.adding(seconds: limit) ? nil : next
  }
}
