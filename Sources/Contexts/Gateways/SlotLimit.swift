package import SharedKernel

/// How many calls a gateway gets at the same time: more while callers have to wait, half as many when it grows slow, fewer
/// again when nobody waits (additive increase, multiplicative decrease, as TCP does it).
package struct SlotLimit: Hashable, Sendable {
  /// Microseconds a caller waits before one more is tried.
  package static let growAfter: Int64 = 50_000
  /// Microseconds without a waiting caller after which there is one less.
  static let idleTime: Int64 = 10_000_000

  /// From 1.
  package private(set) var limit: Int
  /// When it changed last.
  package private(set) var changed: Timestamp

  package init(limit: Int = 1, changed: Timestamp) { (self.limit, self.changed) = (max(1, limit), changed) }

  /// A caller has waited 50 ms.
  package mutating func callerWaited(at now: Timestamp, maximum: Int) {
    if limit < maximum { (limit, changed) = (limit + 1, now) }
  }

  /// A call was slow. One bad moment is many slow calls, so it counts once in `interval` microseconds.
  package mutating func callWasSlow(at now: Timestamp, interval: Int64) {
    guard limit > 1, now >= changed.adding(microseconds: interval) else { return }
    (limit, changed) = (max(1, limit / 2), now)
  }

  /// What idleness has made of it by now.
  package mutating func age(to now: Timestamp, maximum: Int) {
    let idle = max(0, now.microseconds - changed.microseconds) / SlotLimit.idleTime
    if idle > 0, limit > 1 {
      limit = max(1, limit - Int(clamping: idle))
      changed = now
    }
    limit = min(limit, max(1, maximum))
  }

  /// Moves the time it remembers. For a clock that was set.
  package mutating func shift(microseconds: Int64) { changed = changed.adding(microseconds: microseconds) }
}
