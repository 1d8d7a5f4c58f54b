package import SharedKernel

/// All that the callers of one gateway know of it together.
package struct GatewayHealth: Hashable, Sendable {
  /// Clocks of hosts that share a spool may differ so much unnoticed.
  private static let clockTolerance = Duration.seconds(1)

  /// How long a bad call is held against a gateway that wants more of them.
  private static let lately = Duration.seconds(10)

  package var breaker: CircuitBreaker
  package var retries: RetryBudget
  package var slots: SlotLimit
  package var line: WaitingLine
  /// The latest time anything here was written at.
  package internal(set) var updated: Timestamp

  /// Of a gateway that was never called.
  package init(at time: Timestamp) {
    (breaker, retries, slots) = (CircuitBreaker(at: time), RetryBudget(), SlotLimit(at: time))
    (line, updated) = (WaitingLine(used: time), time)
  }

  package init(breaker: CircuitBreaker, retries: RetryBudget, slots: SlotLimit, line: WaitingLine, updated: Timestamp) {
    (self.breaker, self.retries, self.slots, self.line, self.updated) = (breaker, retries, slots, line, updated)
  }

  /// Whether no caller waits and no call of late failed or was slow, as far as is remembered.
  package var isWell: Bool {
    let oldest = updated.subtracting(GatewayHealth.lately)
    return breaker.state == .closed && line.places.isEmpty && breaker.outcomes.allSatisfy { $0.verdict == .good || $0.time < oldest }
  }

  /// To be called before anything else with the present time. A clock that was set back would leave an open breaker open, and a
  /// lease running, for as long as it was set back: every remembered time goes back with it.
  package mutating func advance(to now: Timestamp, slots maximum: Int) {
    let step = now.since(updated)
    if step < .zero - GatewayHealth.clockTolerance {
      breaker.shift(by: step)
      slots.shift(by: step)
      line.shift(by: step)
      updated = now
    }
    updated = max(updated, now)
    slots.age(to: now, used: line.used, maximum: maximum)
  }

  /// Asks whether a call may be made in a slot that is free. `isCrowded` says whether the limit leaves no
  /// other slot free.
  package mutating func admit(
    at now: Timestamp, isCrowded: Bool, timeout: Duration, _ settings: BreakerSettings, chance: Double
  ) -> (admission: CircuitBreaker.Admission, round: Int?, transitions: [BreakerTransition]) {
    let (admission, transitions) = breaker.admit(at: now, settings.fitting(limit: slots.limit), chance: chance)
    var round: Int?
    if case .allowed = admission { round = slots.callBegins(at: now, isCrowded: isCrowded, timeout: timeout) }
    return (admission, round, transitions)
  }

  /// A call that was allowed is not made.
  package mutating func giveBack(lease: Int?, round: Int?) {
    breaker.giveBack(lease: lease)
    slots.callDoesNotCount(round: round)
  }

  /// A call has ended: what it says of the gateway, and of how much the gateway can carry.
  package mutating func callEnded(_ call: EndedCall, at now: Timestamp, slots maximum: Int, _ settings: BreakerSettings, chance: Double)
    -> BreakerTransition?
  {
    let isAnswered = call.verdict == .good || call.verdict == .slow
    line.slotUsed(for: call.occupied, at: now)
    let isOfTrial = call.verdict == .late && breaker.state == .closed && slots.isOfTrial(elapsed: call.elapsed, at: now)
    // A call that fails at once says nothing of what the gateway can carry; one whose time was up does.
    if isAnswered || call.verdict == .late {
      slots.callEnded(at: now, elapsed: call.elapsed, isAnswered: isAnswered, round: call.round, maximum: maximum)
    } else {
      slots.callDoesNotCount(round: call.round)
    }
    if isOfTrial { return nil }
    let transition = breaker.report(call.verdict, lease: call.lease, at: now, settings.fitting(limit: slots.limit), chance: chance)
    if let transition, transition.from == .closed, transition.to == .open { slots.gatewayFailed(at: now) }
    return transition
  }

  /// The time until a caller with `ahead` others before it will have a slot.
  package func wait(ahead: Int, at now: Timestamp, timeout: Duration) -> Duration {
    line.wait(ahead: ahead, limit: slots.expected, at: now, unknown: timeout / 2)
  }
}

/// What is known of a call that has ended.
package struct EndedCall: Hashable, Sendable {
  package let verdict: CircuitBreaker.Verdict
  package let lease: Int?
  /// How long it took, and how long it kept its slot.
  package let elapsed: Duration
  package let occupied: Duration
  /// The round of `SlotLimit` that it counts for.
  package let round: Int?

  package init(_ verdict: CircuitBreaker.Verdict, lease: Int?, round: Int?, elapsed: Duration, occupied: Duration) {
    (self.verdict, self.lease, self.round, self.elapsed, self.occupied) = (verdict, lease, round, elapsed, occupied)
  }
}
