internal import Gateways
internal import SharedKernel
internal import SystemCalls

/// What keeps calls of one gateway within its limits, for all processes together: its breaker, its slots and the line before them.
///
///   told at once   the circuit is open, or so many wait that no slot would get free in time
///   served         the line is empty and a slot is free
///   waiting        in the line, in order of arrival; the first takes the next slot. It ends when the circuit opens, when it is clear
///                  that the turn will not come in time, by a signal that asks to end, and at the latest moment at which a call can begin
final class GatewayGuard {
  let definition: GatewayDefinition
  let health: GatewayHealthFile
  let slots: GatewaySlots
  let places: WaitingPlaces
  private let log: GatewayEventLog
  let announce: (String) -> Void

  init(
    _ definition: GatewayDefinition, health: GatewayHealthFile, slots: GatewaySlots, places: WaitingPlaces,
    log: GatewayEventLog, announce: @escaping (String) -> Void
  ) {
    (self.definition, self.health, self.slots, self.places, self.log, self.announce) = (definition, health, slots, places, log, announce)
  }

  /// What a caller could expect now.
  func availability() throws(Failure) -> GatewayAvailability {
    let known = try health.look()
    if let refusal = refusal(known.breaker, at: known.updated) { return .out(refusal) }
    return known.isWell || known.breaker.state == .disabled ? .usable : .onTrial
  }

  /// What a caller gets that is admitted.
  enum Grant {
    case permit(GatewayPermit)
    case place(WaitingPlaces.HeldPlace)
  }

  /// A permit, or a place in the line, which `wait` makes one of; see `Gateway.permit`. `slot` is one that the caller has already. A
  /// caller that would have to wait beyond `latest`, or at all if `waits` is false, is rejected.
  func enter(slot: CallSlot?, latest: Deadline, waits: Bool) throws(Failure) -> Grant {
    // Fail fast: check the breaker and the line before waiting, and before anything is written.
    let known = try health.look()
    if let refusal = refusal(known.breaker, at: known.updated) { throw refusal }
    defer { slots.forgetOpenFiles() }
    let chance = try GatewayGuard.chance()
    if let slot {
      let permit = try askingHealth { health throws(SystemError) in
        try slot.start(at: health.updated)
        return self.admit(to: slot, &health, isCrowded: false, chance: chance)
      }
      if let permit { return .permit(permit) }
    }
    if let refusal = turnAway(known, ahead: known.line.places.count, latest: latest, waits: waits) { throw refusal }
    var place: WaitingPlaces.HeldPlace?
    let permit: GatewayPermit? = try askingHealth { health throws(SystemError) in
      if health.line.places.isEmpty || !self.isUsable(health.breaker),
        let slot = try self.slots.free(of: health.slots.limit, highest: health.slots.highest, at: health.updated)
      {
        return self.admit(to: slot, &health, isCrowded: slot.number >= health.slots.crowdedFrom, chance: chance)
      }
      if let refusal = self.turnAway(health, ahead: health.line.places.count, latest: latest, waits: waits, isFull: true) {
        return .refused(refusal)
      }
      guard let found = try self.places.take(besides: health.line.places) else { return .refused(self.lineIsFull(health)) }
      health.line.join(found.number)
      place = found
      return .wait
    }
    if let permit { return .permit(permit) }
    guard let place else { throw Failure(.internalError, "gateway \(definition.name): neither a slot nor a place to wait") }
    return .place(place)
  }

  func isUsable(_ breaker: CircuitBreaker) -> Bool { breaker.state == .closed || breaker.state == .disabled }

  /// Gives a permit back that was not used.
  func giveBack(_ permit: GatewayPermit) {
    permit.slot.release()
    guard permit.lease != nil || permit.round != nil else { return }
    // Where that fails the lease runs out, which is worse for the gateway's reputation and for nothing else.
    do throws(Failure) { try health.update { health, _ in health.giveBack(lease: permit.lease, round: permit.round) } } catch {
      announce(error.description)
    }
  }

  /// Reports how a call went. Says whether the call may be repeated, where `wantsRepeat`, and after how
  /// long. What cannot be reported is lost; it never changes what the gateway answered.
  func report(_ answer: GatewayAnswer?, elapsed: Duration, _ permit: GatewayPermit, repeats: Int, wantsRepeat: Bool) -> Duration? {
    let verdict = GatewayGuard.verdict(answer, isSlow: elapsed * 2 > definition.timeout)
    let taken = (permit.slot as? CallSlot)?.taken
    let occupied = taken?.elapsed ?? elapsed
    do throws(Failure) {
      let chance = try GatewayGuard.chance()
      let (transition, delay): (BreakerTransition?, Duration?) = try health.update { health, now in
        if verdict == .late { health.retries.timedOut(definition.retryCosts) }
        if verdict == .good || verdict == .slow { health.retries.succeeded() }
        let call = EndedCall(verdict, lease: permit.lease, round: permit.round, elapsed: elapsed, occupied: occupied)
        let transition = health.callEnded(call, at: now, slots: definition.slots, definition.breaker, chance: chance)
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

  func refusal(_ breaker: CircuitBreaker, at now: Timestamp) -> Failure? {
    switch breaker.state {
    case .closed, .disabled: nil
    case .forcedOpen: refused(until: nil, now: now)
    case .open: now < breaker.reopening ? refused(until: breaker.reopening, now: now) : nil
    case .halfOpen:
      breaker.issued < definition.breaker.probes || breaker.leases.contains { $0.expires <= now }
        ? nil : beingTried(breaker, now: now)
    }
  }

  private func refused(until: Timestamp?, now: Timestamp) -> Failure {
    guard let until else {
      return Failure(
        .unavailable, "gateway \(definition.name) is taken out of service by hand",
        remedy: "'msg-pay breaker --reset \(definition.name)' ends that; nothing was charged")
    }
    return Failure(
      .temporary, "gateway \(definition.name): circuit open; next probe in \(GatewayGuard.seconds(until.since(now))) s",
      remedy: "nothing was charged; try again, or see 'msg-pay breaker'")
  }

  /// While the breaker tries the gateway with as many calls as it may: by then it is known how they went, whatever becomes of them.
  func beingTried(_ breaker: CircuitBreaker, now: Timestamp) -> Failure {
    let until = breaker.trialEnd ?? now.adding(definition.longestUse)
    return Failure(
      .temporary, "gateway \(definition.name): circuit half-open; its probes end within \(GatewayGuard.seconds(until.since(now))) s",
      remedy: "nothing was charged; try again, or see 'msg-pay breaker'")
  }

  /// Rounded up, so that the time named is not too early.
  static func seconds(_ span: Duration) -> Int64 { max(1, (span.microseconds + 999_999) / 1_000_000) }

  func tell(_ transitions: [BreakerTransition]) {
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
