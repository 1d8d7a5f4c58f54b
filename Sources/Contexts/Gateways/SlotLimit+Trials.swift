internal import SharedKernel

extension SlotLimit {
  /// Ends a trial whose limit callers did not reach: whether the gateway carries a higher one, or a lower one carries as much, is not known,
  /// and a burst of callers must not meet an unknown limit.
  mutating func endUnjudgedTrial() {
    if phase == .higher || phase == .lower { (limit, phase) = (base.limit, .steady) }
  }

  var roundSize: Int { min(60, max(6, limit * 3 / 2)) }

  /// Whether the higher limit carries less than the base even if each call that has not ended costs no more than at the base.
  var isHopeless: Bool {
    let cost = round.cost(rest: max(roundSize, round.begun) - round.ended, each: base.cost)
    return !Measured(limit: limit, cost: cost).isBetter(than: base)
  }

  mutating func judge(_ cost: Duration, isLost: Bool, maximum: Int) {
    let measured = Measured(limit: limit, cost: cost)
    switch phase {
    case .steady: judgeSteady(measured, isLost: isLost, maximum: maximum)
    case .again:
      phase = .steady
      if base.isFar(from: cost) {
        base = measured
        // Perhaps it changed before the trial, perhaps after it.
        if trial.isBetter(than: base) { return trial.limit < limit ? tryLower() : tryHigher(maximum: maximum) }
      }
      judgeSteady(measured, isLost: isLost, maximum: maximum)
    case .higher:
      if measured.isBetter(than: base) { return adopt(measured, maximum: maximum) }
      goBackFromHigher(measured)
    case .lower:
      if measured.isBetter(than: base) {
        // Fewer calls carry as much.
        (base, phase) = (measured, .steady)
        tryLower()
      } else {
        goBack(from: measured)
      }
    }
  }

  private mutating func judgeSteady(_ measured: Measured, isLost: Bool, maximum: Int) {
    let isFirst = base.cost == .zero
    if isFirst || base.isFar(from: measured.cost) {
      let isSlower = !isFirst && measured.cost > base.cost
      base = measured
      if isLost || isSlower || isFirst && limit == maximum { return tryLower() }
    } else {
      // What a trial has left behind may have been in it: it is not to stay the measure.
      base = Measured(limit: limit, cost: base.cost / 2 + measured.cost / 2)
    }
    pause = max(0, pause - 1)
    if pause == 0 { tryHigher(maximum: maximum) }
  }

  private mutating func adopt(_ better: Measured, maximum: Int) {
    (limit, base, phase, pause) = (better.limit, better, .steady, 0)
    tryHigher(maximum: maximum)
  }

  private mutating func tryHigher(maximum: Int) {
    guard limit < maximum else { return }
    let next = lastPause == 0 ? limit * 2 : max(limit + 1, limit * 3 / 2)
    (limit, phase) = (min(maximum, next), .higher)
  }

  private mutating func tryLower() { if limit > 1 { (limit, phase) = (limit / 2, .lower) } }

  mutating func goBackFromHigher(_ failed: Measured) {
    lastPause = min(SlotLimit.longestPause, max(2, lastPause * 2))
    pause = lastPause
    goBack(from: failed)
  }

  private mutating func goBack(from failed: Measured) { (trial, limit, phase) = (failed, base.limit, .again) }
}
