internal import Gateways
internal import SharedKernel
internal import SystemCalls

/// What keeps calls of one gateway within its limits, for all processes together.
final class GatewayGuard {
  private let definition: GatewayDefinition
  private let health: GatewayHealthFile
  private let slots: GatewaySlots
  private let log: GatewayEventLog
  private let announce: (String) -> Void

  init(
    _ definition: GatewayDefinition, health: GatewayHealthFile, slots: GatewaySlots, log: GatewayEventLog,
    announce: @escaping (String) -> Void
  ) {
    (self.definition, self.health, self.slots, self.log, self.announce) = (definition, health, slots, log, announce)
  }

  /// What a caller could expect now.
  func availability() throws(Failure) -> GatewayAvailability {
    let known = try health.look()
    if let refusal = refusal(known.breaker, at: known.updated) { return .out(refusal) }
    return known.isWell || known.breaker.state == .disabled ? .usable : .onTrial
  }

  /// Leave for one call. 75 while the breaker is open or no slot gets free, 69 where a person took the gateway out of service.
  /// `slot` is one that the caller has already.
  func permit(slot: AnyObject?, until deadline: Deadline) throws(Failure) -> GatewayPermit {
    // Who is refused is to know at once, without waiting for a slot.
    let known = try health.look()
    if let refusal = refusal(known.breaker, at: known.updated) { throw refusal }
    let slot: AnyObject = if let slot { slot } else { try take(of: known, until: deadline) }
    let chance = try GatewayGuard.chance()
    let (decision, now) = try health.update(until: deadline) { health, now in
      (health.breaker.admit(at: now, definition.breaker, chance: chance), now)
    }
    let (admission, transitions) = decision
    tell(transitions)
    switch admission {
    case .allowed(let lease): return GatewayPermit(slot: slot, lease: lease)
    case .refused(let until): throw refused(until: until, now: now)
    }
  }

  /// A slot for whoever the breaker would let through. While it tries the gateway nobody waits for one, and who waits is told when it
  /// opens: they would be refused once they had it.
  private func take(of known: GatewayHealth, until deadline: Deadline) throws(Failure) -> GatewaySlots.Slot {
    guard isUsable(known.breaker) else {
      if let slot = try slots.takeFree(of: known.slots.limit) { return slot }
      throw refused(until: known.updated.adding(microseconds: definition.timeout), now: known.updated)
    }
    return try slots.take(
      of: known.slots.limit, until: deadline,
      onRejection: { () throws(Failure) in
        guard known.breaker.shouldRecordRejection(at: known.updated, definition.breaker) else { return }
        try health.update(until: deadline) { health, now in health.breaker.recordRejection(at: now) }
      },
      goesOn: { known throws(Failure) in if let refusal = refusal(known.breaker, at: known.updated) { throw refusal } })
  }

  private func isUsable(_ breaker: CircuitBreaker) -> Bool { breaker.state == .closed || breaker.state == .disabled }

  /// Gives a permit back that was not used.
  func giveBack(_ permit: GatewayPermit) {
    guard permit.lease != nil else { return }
    // Where that fails the lease runs out, which is worse for the gateway's reputation and for nothing else.
    do throws(Failure) { try health.update { health, _ in health.breaker.giveBack(lease: permit.lease) } } catch {
      announce(error.description)
    }
  }

  /// Reports how a call went. `elapsed` in microseconds. Says whether the call may be repeated, where `wantsRepeat`, and after how
  /// many microseconds. What cannot be reported is lost; it never changes what the gateway answered.
  func report(_ answer: GatewayAnswer?, elapsed: Int64, _ permit: GatewayPermit, repeats: Int, wantsRepeat: Bool) -> Int64? {
    let isSlow = elapsed * 2 > definition.timeout
    let verdict = GatewayGuard.verdict(answer, isSlow: isSlow)
    do throws(Failure) {
      let chance = try GatewayGuard.chance()
      let (transition, delay): (BreakerTransition?, Int64?) = try health.update { health, now in
        if verdict == .late { health.retries.timedOut(definition.retryCosts) }
        if verdict == .good || verdict == .slow { health.retries.succeeded() }
        if isSlow { health.slots.callWasSlow(at: now, interval: definition.timeout) }
        let transition = health.breaker.report(verdict, lease: permit.lease, at: now, definition.breaker, chance: chance)
        let mayRepeat = wantsRepeat && health.retries.takeRetry(definition.retryCosts)
        return (transition, mayRepeat ? RetryBudget.delay(beforeRepeat: repeats + 1, chance: chance) : nil)
      }
      tell(transition.map { [$0] } ?? [])
      return delay
    } catch {
      announce(error.description)
      return nil
    }
  }

  private static func verdict(_ answer: GatewayAnswer?, isSlow: Bool) -> CircuitBreaker.Verdict {
    switch answer {
    case nil: .late
    case .done, .declined, .undecided: isSlow ? .slow : .good
    case .notAsked, .doubtful: .failed
    }
  }

  private func refusal(_ breaker: CircuitBreaker, at now: Timestamp) -> Failure? {
    switch breaker.state {
    case .closed, .disabled: nil
    case .forcedOpen: refused(until: nil, now: now)
    case .open: now < breaker.reopening ? refused(until: breaker.reopening, now: now) : nil
    case .halfOpen:
      breaker.issued < definition.breaker.probes || breaker.leases.contains { $0.expires <= now }
        ? nil : refused(until: breaker.leases.map(\.expires).min() ?? now, now: now)
    }
  }

  private func refused(until: Timestamp?, now: Timestamp) -> Failure {
    guard let until else {
      return Failure(
        .unavailable, "gateway \(definition.name) is taken out of service by hand",
        remedy: "'msg-pay breaker --reset \(definition.name)' ends that; nothing was charged")
    }
    // Rounded up, so that the time named is not too early.
    let seconds = max(1, (until.microseconds - now.microseconds + 999_999) / 1_000_000)
    return Failure(
      .temporary, "gateway \(definition.name): circuit open; next probe in \(seconds) s",
      remedy: "nothing was charged; try again, or see 'msg-pay breaker'")
  }

  private func tell(_ transitions: [BreakerTransition]) {
    for transition in transitions {
      announce("gateway \(definition.name): breaker \(transition.from.rawValue) -> \(transition.to.rawValue): \(transition.reason)")
      // The log is for people; a payment does not fail for it.
      do throws(Failure) { try log.add(transition, of: definition.name) } catch { announce(error.description) }
    }
  }

  /// Evenly from 0..<1.
  static func chance() throws(Failure) -> Double {
    do throws(SystemError) {
      let number = try randomBytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Double(number) / 4_294_967_296
    } catch { throw Failure(.internalError, "\(error)") }
  }
}
