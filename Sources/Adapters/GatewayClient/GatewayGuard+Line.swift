internal import Gateways
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension GatewayGuard {
  /// Between two looks of the first in the line for a free slot.
  private static let pollInterval = Duration.milliseconds(1)
  /// How often it polls before it looks at the gateway's state again.
  private static let polls = 30
  /// How long the others wait for the one before them before they look again.
  private static let lookInterval = Duration.milliseconds(250)
  /// The same while a slot is free and the one before does not take it: it may have been stopped.
  private static let shortInterval = Duration.milliseconds(30)

  /// What comes of asking for a permit.
  enum Turn {
    case permit(GatewayPermit, [BreakerTransition])
    case refused(Failure)
    case wait
  }

  /// Changes the gateway's state; nil where the caller has to wait.
  func askingHealth(_ body: (inout GatewayHealth) throws(SystemError) -> Turn) throws(Failure) -> GatewayPermit? {
    let turn = try health.update { health, _ in
      Result { () throws(SystemError) in try body(&health) }
    }
    switch turn {
    case .success(.permit(let permit, let transitions)):
      tell(transitions)
      return permit
    case .success(.refused(let failure)): throw failure
    case .success(.wait): return nil
    case .failure(let error): throw Failure(storage: error)
    }
  }

  /// Asks the breaker about a call in a slot that this process has.
  func admit(to slot: CallSlot, _ health: inout GatewayHealth, isCrowded: Bool, chance: Double) -> Turn {
    let (admission, round, transitions) = health.admit(
      at: health.updated, isCrowded: isCrowded, timeout: definition.timeout, definition.breaker, chance: chance)
    switch admission {
    case .allowed(let lease): return .permit(GatewayPermit(slot: slot, lease: lease, round: round), transitions)
    case .refused:
      tell(transitions)
      slot.release()
      return .refused(refusal(health.breaker, at: health.updated) ?? beingTried(health.breaker, now: health.updated))
    }
  }

  /// Why a caller is rejected at once; nil where it may wait. `isFull` says that no slot is free.
  func turnAway(_ known: GatewayHealth, ahead: Int, latest: Deadline, waits: Bool, isFull: Bool = false) -> Failure? {
    // No caller waits while the gateway is probed: a slot that gets free may not be usable.
    if !isUsable(known.breaker) { return isFull ? beingTried(known.breaker, now: known.updated) : nil }
    if ahead == 0, !isFull { return nil }
    let wait = known.wait(ahead: ahead, at: known.updated, timeout: definition.timeout)
    return waits && wait <= latest.remaining ? nil : tooLong(known, ahead: ahead, wait)
  }

  private func tooLong(_ known: GatewayHealth, ahead: Int, _ wait: Duration) -> Failure {
    let seconds = "\(GatewayGuard.seconds(wait)) s"
    return Failure(
      .temporary,
      "gateway \(definition.name): \(known.slots.limit == 1 ? "its slot is" : "all \(known.slots.limit) slots are") taken and "
        + "\(ahead) \(ahead == 1 ? "caller waits" : "callers wait"), so a slot is free in about \(seconds)",
      remedy: "nothing was charged; try again later, or with a longer --timeout or --queue")
  }

  func lineIsFull(_ known: GatewayHealth) -> Failure {
    Failure(
      .temporary, "gateway \(definition.name): \(known.line.places.count) callers wait for a slot, and no more may",
      remedy: "nothing was charged; try again later, or use --queue")
  }

  /// Waits in the line for a permit. Afterwards the place is given back, whatever came of it.
  func wait(at place: WaitingPlaces.HeldPlace, latest: Deadline) throws(Failure) -> GatewayPermit {
    defer { slots.forgetOpenFiles() }
    do throws(Failure) { return try waitForTurn(at: place, latest: latest) } catch {
      leave(place)
      throw error
    }
  }

  /// Gives a place back. One that cannot leave the line is found to be gone by the next, as one that was killed.
  func leave(_ place: WaitingPlaces.HeldPlace) {
    do throws(Failure) { try health.update { health, _ in health.line.leave(place.number) } } catch { announce(error.description) }
  }

  /// Why the waiting is over where a signal asks to end.
  private func ending() -> Failure? {
    if TerminationSignals.pending == nil { return nil }
    return Failure(.temporary, "interrupted while it waited for a slot of gateway \(definition.name)", remedy: "nothing was charged")
  }

  private func waitForTurn(at place: WaitingPlaces.HeldPlace, latest: Deadline) throws(Failure) -> GatewayPermit {
    var (before, interval) = (Int.max, GatewayGuard.lookInterval)
    while true {
      let known = try health.look()
      if let refusal = refusal(known.breaker, at: known.updated) { throw refusal }
      if let ending = ending() { throw ending }
      let remaining = latest.remaining
      guard let ahead = known.line.ahead(of: place.number) else {
        // The state was damaged and began anew, without the callers that waited.
        try health.update { health, _ in if health.line.ahead(of: place.number) == nil { health.line.join(place.number) } }
        continue
      }
      let wait = known.wait(ahead: ahead, at: known.updated, timeout: definition.timeout)
      // After a wait a caller is rejected only where it certainly comes too late.
      if remaining <= .zero || wait / 2 > remaining { throw tooLong(known, ahead: ahead, wait) }
      let isStuck = ahead == before && interval == GatewayGuard.shortInterval
      before = ahead
      if ahead == 0 || isStuck {
        if let slot = try poll(of: known.slots, isStuck ? 1 : GatewayGuard.polls, latest) {
          // The signal may have come while it polled: what has begun no call begins none any more.
          if let ending = ending() {
            slot.release()
            throw ending
          }
          if let permit = try enter(place, slot) { return permit }
        }
        if isStuck { interval = GatewayGuard.lookInterval }
      } else {
        let deadline = min(Deadline.after(interval), latest)
        if try !removed(known.line.places[ahead - 1], before: place, deadline) {
          // Nothing moved. Where a slot is free nevertheless, a short time will tell whether the one before takes it.
          do throws(SystemError) {
            interval = try isSlotFree(of: known.slots.limit, known.slots) ? GatewayGuard.shortInterval : GatewayGuard.lookInterval
          } catch { throw Failure(storage: error) }
        }
      }
    }
  }

  /// Takes a slot that the line has led to.
  private func enter(_ place: WaitingPlaces.HeldPlace, _ slot: CallSlot) throws(Failure) -> GatewayPermit? {
    let chance = try GatewayGuard.chance()
    return try askingHealth { health throws(SystemError) in
      health.line.leave(place.number)
      // Where another slot is free this caller waited for the one before it, not for the limit.
      let isCrowded = try !self.isSlotFree(of: health.slots.crowdedFrom, health.slots)
      return self.admit(to: slot, &health, isCrowded: isCrowded, chance: chance)
    }
  }

  private func poll(of known: SlotLimit, _ times: Int, _ latest: Deadline) throws(Failure) -> CallSlot? {
    for time in 0..<times where !latest.hasPassed {
      if time > 0 { sleep(for: GatewayGuard.pollInterval) }
      do throws(SystemError) {
        if let slot = try slots.free(of: known.limit, highest: known.highest, at: health.now, isQuick: time > 0) { return slot }
      } catch { throw Failure(storage: error) }
    }
    return nil
  }

  private func isSlotFree(of limit: Int, _ known: SlotLimit) throws(SystemError) -> Bool {
    guard let slot = try slots.free(of: limit, highest: known.highest, at: health.now) else { return false }
    slot.release()
    return true
  }

  /// Waits for the one before. One that is gone without having left the line is taken out of it.
  private func removed(_ number: Int, before place: WaitingPlaces.HeldPlace, _ deadline: Deadline) throws(Failure) -> Bool {
    let held: WaitingPlaces.HeldPlace?
    do throws(SystemError) { held = try places.hold(number, until: deadline) } catch { throw Failure(storage: error) }
    guard let held else { return false }
    // As long as its number is held here no other caller can wait under it.
    let known = try health.look()
    if let other = known.line.ahead(of: number), let own = known.line.ahead(of: place.number), other < own {
      try health.update { health, _ in health.line.leave(held.number) }
    }
    return true
  }
}
