package import SharedKernel

extension CircuitBreaker {
  /// Asks whether a call may be made. `chance` is drawn evenly from 0..<1.
  package mutating func admit(
    at now: Timestamp, _ settings: BreakerSettings, chance: Double
  ) -> (admission: Admission, transitions: [BreakerTransition]) {
    var transitions = expireLeases(at: now, settings, chance: chance).map { [$0] } ?? []
    if state == .open, now >= reopening {
      transitions.append(enter(.halfOpen, at: now, because: "\(settings.probes) calls may try the gateway"))
    }
    switch state {
    case .closed, .disabled: return (.allowed(lease: nil), transitions)
    case .forcedOpen: return (.refused(until: nil), transitions)
    case .open: return (.refused(until: reopening), transitions)
    case .halfOpen:
      guard issued < settings.probes else { return (.refused(until: trialEnd ?? now), transitions) }
      let lease = Lease(number: nextLease, expires: now.adding(settings.leaseTime))
      leases.append(lease)
      issued += 1
      nextLease += 1
      return (.allowed(lease: lease.number), transitions)
    }
  }

  /// Reports how an admitted call went.
  package mutating func report(
    _ verdict: Verdict, lease: Int?, at now: Timestamp, _ settings: BreakerSettings, chance: Double
  ) -> BreakerTransition? {
    if let transition = expireLeases(at: now, settings, chance: chance) { return transition }
    switch state {
    case .closed:
      // A call that was let through before the breaker opened and closed again says nothing new, but nothing wrong either.
      outcomes.append(Outcome(verdict, at: now))
      forgetOld(at: now, settings)
      return judgeWindow(at: now, settings, chance: chance)
    case .halfOpen:
      guard let lease, let place = leases.firstIndex(where: { $0.number == lease }) else { return nil }
      leases.remove(at: place)
      if verdict == .good || verdict == .slow { good += 1 } else { bad += 1 }
      return judgeProbes(at: now, settings, chance: chance)
    case .open, .forcedOpen, .disabled: return nil
    }
  }

  /// Gives a lease back whose call was never made.
  package mutating func giveBack(lease: Int?) {
    guard let lease, let place = leases.firstIndex(where: { $0.number == lease }) else { return }
    leases.remove(at: place)
    issued -= 1
  }

  /// A person's word: forced open, disabled, or closed as if nothing had been. Nil where it is in that state already.
  package mutating func set(_ wanted: State, at now: Timestamp) -> BreakerTransition? {
    if state == wanted, wanted != .closed || outcomes.isEmpty { return nil }
    outcomes = []
    return enter(wanted, at: now, because: "set by hand")
  }

  /// By when the probes that are under way have reported or count as bad; nil where none is.
  package var trialEnd: Timestamp? { leases.map { $0.expires }.max() }

  /// How many of the calls that count failed, were slow (late ones are both), and are there in all.
  package func figures(at now: Timestamp, _ settings: BreakerSettings) -> (failed: Int, slow: Int, all: Int) {
    let oldest = now.subtracting(settings.maximumAge)
    let counted = outcomes.suffix(settings.window).filter { $0.time >= oldest }
    return (
      counted.count { $0.verdict == .failed || $0.verdict == .late }, counted.count { $0.verdict == .slow || $0.verdict == .late },
      counted.count
    )
  }

  /// Moves every time it remembers. For a clock that was set.
  package mutating func shift(by step: Duration) {
    since = since.adding(step)
    reopening = reopening.adding(step)
    outcomes = outcomes.map { Outcome($0.verdict, at: $0.time.adding(step)) }
    leases = leases.map { Lease(number: $0.number, expires: $0.expires.adding(step)) }
  }
}

extension CircuitBreaker {
  private mutating func forgetOld(at now: Timestamp, _ settings: BreakerSettings) {
    let oldest = now.subtracting(settings.maximumAge)
    outcomes = outcomes.suffix(settings.window).filter { $0.time >= oldest }
  }

  private mutating func judgeWindow(at now: Timestamp, _ settings: BreakerSettings, chance: Double) -> BreakerTransition? {
    let (failed, _, all) = figures(at: now, settings)
    if all >= settings.minimum, failed * 100 >= all * settings.failurePercent {
      return open(at: now, settings, chance: chance, because: "of the last \(all) calls \(failed) failed")
    }
    let oldest = now.subtracting(settings.maximumAge)
    let row = outcomes.reversed().prefix { $0.verdict == .late && $0.time >= oldest }.count
    guard row >= settings.timeOutsInARow else { return nil }
    return open(at: now, settings, chance: chance, because: "the last \(row) calls timed out")
  }

  private mutating func judgeProbes(at now: Timestamp, _ settings: BreakerSettings, chance: Double) -> BreakerTransition? {
    if bad * 2 >= settings.probes {
      return open(at: now, settings, chance: chance, because: "\(bad) of \(good + bad) probes failed or never reported")
    }
    // The rest cannot change the majority.
    guard good * 2 > settings.probes else { return nil }
    return enter(.closed, at: now, because: "\(good) of \(good + bad) probes were answered in time")
  }

  private mutating func expireLeases(at now: Timestamp, _ settings: BreakerSettings, chance: Double) -> BreakerTransition? {
    guard state == .halfOpen else { return nil }
    let expired = leases.count { $0.expires <= now }
    if expired == 0 { return nil }
    leases.removeAll { $0.expires <= now }
    bad += expired
    return judgeProbes(at: now, settings, chance: chance)
  }

  private mutating func open(at now: Timestamp, _ settings: BreakerSettings, chance: Double, because reason: String) -> BreakerTransition {
    let transition = enter(.open, at: now, because: reason)
    reopening = now.adding(settings.openTime - settings.openTime / 10 * chance)
    return transition
  }

  private mutating func enter(_ next: State, at now: Timestamp, because reason: String) -> BreakerTransition {
    let transition = BreakerTransition(from: state, to: next, time: now, reason: reason)
    (state, since, reopening) = (next, now, now)
    (outcomes, leases, issued, good, bad) = ([], [], 0, 0, 0)
    return transition
  }
}
