package import SharedKernel

/// All that the callers of one gateway know of it together.
package struct GatewayHealth: Hashable, Sendable {
  /// Microseconds by which clocks of hosts that share a spool may differ unnoticed.
  static let clockTolerance: Int64 = 1_000_000

  /// Microseconds for which a bad call is held against a gateway that wants more of them.
  private static let lately: Int64 = 10_000_000

  package var breaker: CircuitBreaker
  package var retries: RetryBudget
  package var slots: SlotLimit
  /// The latest time anything here was written at.
  package internal(set) var updated: Timestamp

  /// Of a gateway that nobody has called yet.
  package init(at time: Timestamp) {
    (breaker, retries, slots, updated) = (CircuitBreaker(at: time), RetryBudget(), SlotLimit(changed: time), time)
  }

  package init(breaker: CircuitBreaker, retries: RetryBudget, slots: SlotLimit, updated: Timestamp) {
    (self.breaker, self.retries, self.slots, self.updated) = (breaker, retries, slots, updated)
  }

  /// Whether no call of late failed or was slow, as far as is remembered.
  package var isWell: Bool {
    let oldest = updated.adding(microseconds: -GatewayHealth.lately)
    return breaker.state == .closed && breaker.outcomes.allSatisfy { $0.verdict == .good || $0.time < oldest }
  }

  /// To be called before anything else with the present time. A clock that was set back would leave an open breaker open, and a
  /// lease running, for as long as it was set back: every remembered time goes back with it.
  package mutating func advance(to now: Timestamp, slots maximum: Int) {
    let step = now.microseconds - updated.microseconds
    if step < -GatewayHealth.clockTolerance {
      breaker.shift(microseconds: step)
      slots.shift(microseconds: step)
      updated = now
    }
    updated = max(updated, now)
    slots.age(to: now, maximum: maximum)
  }
}
