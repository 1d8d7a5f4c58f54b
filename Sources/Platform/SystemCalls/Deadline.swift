internal import CSystemShims

/// An instant of the monotonic clock (CLOCK_MONOTONIC), which is never set back.
package struct Deadline: Comparable, Sendable {
  /// Since the clock began.
  package let reading: Duration

  package static var now: Deadline { Deadline(reading: readClock(CLOCK_MONOTONIC)) }

  package static func after(_ span: Duration) -> Deadline { Deadline(reading: now.reading + span) }

  /// The time until the deadline, negative once it has passed.
  package var remaining: Duration { reading - Deadline.now.reading }
  package var hasPassed: Bool { remaining <= .zero }
  /// The time since then.
  package var elapsed: Duration { Deadline.now.reading - reading }

  package func earlier(by span: Duration) -> Deadline { Deadline(reading: reading - span) }

  package static func < (left: Deadline, right: Deadline) -> Bool { left.reading < right.reading }
}

/// The time since the epoch by the wall clock (CLOCK_REALTIME).
package func wallClock() -> Duration { readClock(CLOCK_REALTIME) }

private func readClock(_ clock: clockid_t) -> Duration {
  var time = timespec()
  _ = unsafe clock_gettime(clock, &time)
  return Duration(time)
}

extension Duration {
  /// What a timespec(3type) tells, whatever it is.
  init(_ time: timespec) {
    self = .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Whole microseconds, rounded up, or the nearest number that 64 bits hold.
  var microsecondsRoundedUp: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, carry) = product.addingReportingOverflow((attoseconds + 999_999_999_999) / 1_000_000_000_000)
    return overflow || carry ? (seconds < 0 ? .min : .max) : sum
  }
}
