internal import Glibc

/// An instant of the monotonic clock (CLOCK_MONOTONIC), which nobody sets back.
package struct Deadline: Comparable, Sendable {
  /// Nanoseconds of the monotonic clock.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static var now: Deadline { Deadline(nanoseconds: readClock(CLOCK_MONOTONIC)) }

  package static func after(microseconds: Int64) -> Deadline {
    let (sum, overflow) = now.nanoseconds.addingReportingOverflow(microseconds.multipliedReportingOverflow(by: 1000).partialValue)
    return Deadline(nanoseconds: overflow ? .max : sum)
  }

  package static func after(_ span: Duration) -> Deadline {
    let (seconds, attoseconds) = span.components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? Deadline(nanoseconds: seconds < 0 ? .min : .max) : after(microseconds: product + attoseconds / 1_000_000_000_000)
  }

  /// Microseconds until the deadline, negative once it has passed.
  package var remainingMicroseconds: Int64 { (nanoseconds - Deadline.now.nanoseconds) / 1000 }

  package static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// Microseconds since the epoch by the wall clock (CLOCK_REALTIME).
package func wallClockMicroseconds() -> Int64 { readClock(CLOCK_REALTIME) / 1000 }

private func readClock(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  _ = unsafe clock_gettime(clock, &time)
  return nanoseconds(time)
}

/// Nanoseconds in a timespec(3type), or the nearest number that 64 bits hold: clocks and files may tell any time.
func nanoseconds(_ time: timespec) -> Int64 {
  let seconds = Int64(time.tv_sec)
  let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
  let (sum, carry) = product.addingReportingOverflow(Int64(time.tv_nsec))
  return overflow || carry ? (seconds < 0 ? .min : .max) : sum
}
