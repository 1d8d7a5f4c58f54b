// How many calls a gateway gets at the same time, for all processes together. The limit follows what was measured, not what a model
// expects: a gateway may be slow because it has too many calls, or for reasons of its own, and only another limit tells which.
//
//   steady   the limit stands. When a round of calls costs half as much again as it did, the gateway has become slower: a lower limit is
//            tried. While callers wait, a higher limit is tried now and then.
//   higher   twice as much, or half as much again once a higher limit has failed. It is kept if it carries more. Else the limit goes back,
//            at the latest when the round has ended, and before that as soon as the trial would fail even if each call that is left cost
//            no more than at the old limit. The time until the next trial doubles. Calls that time out meanwhile do not speak against the
//            gateway: the breaker is not told of them.
//   lower    half as much. It is kept, and the next lower one tried, if the calls became so much quicker that little or nothing is lost.
//            Else the slowness has another reason, and the limit goes back.
//   again    the round after a limit went back. Calls that began under a higher limit count until they end. Where the cost is another than
//            before the trial, the gateway has changed meanwhile, and the trial is repeated if it would not have failed by the new cost.
//
// A limit that is tried and that callers do not reach goes back without a judgement.
//
// A round is a number of calls that began one after the other, whenever they end: the first that end would be the quick ones. Its cost is
// the time that they took, divided by those that were answered in time: a call that times out takes time and carries nothing. A
// round in which callers did not have to wait says nothing of the limit.

package import SharedKernel

package struct SlotLimit: Hashable, Sendable {
  package enum Phase: String, CaseIterable, Sendable { case steady, higher, lower, again }

  /// A limit, and what an answered call cost at it; zero where that is not known.
  package struct Measured: Hashable, Sendable {
    package let limit: Int
    package let cost: Duration
    package init(limit: Int, cost: Duration) {
      (self.limit, self.cost) = (min(max(1, limit), LimitRound.most), min(max(.zero, cost.inMicroseconds), Measured.highest))
    }

    private static let highest = Duration.days(1)

    /// A limit whose trial was not measured to its end: it is better than no other.
    static func lost(_ limit: Int) -> Measured { Measured(limit: limit, cost: highest) }

    /// Whether the larger one of two limits carries more: it may cost more by a part of its growth.
    func isBetter(than other: Measured) -> Bool {
      let (small, large) = limit < other.limit ? (self, other) : (other, self)
      let growth = (large.limit - small.limit) * 100 / small.limit
      let carriesMore = large.cost <= small.cost * (100 + growth * SlotLimit.share / 100) / 100
      return carriesMore == (limit == large.limit)
    }

    /// Whether a cost is so far from this one that the gateway has changed.
    func isFar(from other: Duration) -> Bool { max(cost, other) * 100 > min(cost, other) * SlotLimit.change }
  }

  /// Calls at the same time while nothing is known, where there may be so many.
  package static let initial = 10
  /// After so long without a call nothing is known any more.
  static let idleTime = Duration.seconds(10)
  /// Percent of a cost beyond which the gateway has changed.
  private static let change = 150
  /// Percent of a limit's growth up to which the cost may grow with it.
  private static let share = 60
  /// Rounds between two trials of a higher limit, at most.
  static let longestPause = 32

  /// From 1.
  package internal(set) var limit: Int
  package internal(set) var phase: Phase
  package internal(set) var round: LimitRound
  /// What a trial is compared with and goes back to.
  package internal(set) var base: Measured
  /// The last trial that failed.
  package internal(set) var trial: Measured
  /// Rounds to wait before a higher limit is tried, and how many there were to wait after the last failure; 0 where none failed.
  package internal(set) var pause: Int
  package internal(set) var lastPause: Int

  package init(at time: Timestamp, limit: Int = SlotLimit.initial) {
    self.init(
      limit: limit, phase: .steady, round: LimitRound(number: 1, at: time), base: Measured(limit: limit, cost: .zero),
      trial: Measured(limit: limit, cost: .zero), pause: 0, lastPause: 0)
  }

  /// As it was remembered.
  package init(limit: Int, phase: Phase, round: LimitRound, base: Measured, trial: Measured, pause: Int, lastPause: Int) {
    (self.limit, self.phase, self.round, self.base, self.trial) = (max(1, limit), phase, round, base, trial)
    (self.pause, self.lastPause) = (max(0, pause), max(0, lastPause))
  }

  /// A call begins. `isCrowded` says whether the limit held it back. Returns the number of the round that it counts for.
  package mutating func callBegins(at now: Timestamp, isCrowded: Bool, timeout: Duration) -> Int? {
    if round.begin(at: now, size: roundSize, isCrowded: isCrowded) { return round.number }
    // Callers that were killed never report.
    if now.since(round.filled) > timeout * 3 { round = LimitRound(number: round.number + 1, at: now) }
    return nil
  }

  /// A call of that round has ended, which took `elapsed`.
  package mutating func callEnded(at now: Timestamp, elapsed: Duration, isAnswered: Bool, round number: Int?, maximum: Int) {
    guard number == round.number else { return }
    let isOver = round.end(elapsed: elapsed, isAnswered: isAnswered)
    if !isOver, phase == .higher, isHopeless {
      goBackFromHigher(.lost(limit))
      round = LimitRound(number: round.number + 1, at: now)
      return
    }
    guard isOver else { return }
    let ended = round
    round = LimitRound(number: ended.number + 1, at: now)
    if ended.isCrowded {
      judge(ended.cost, isLost: ended.isLost, maximum: maximum)
    } else {
      endUnjudgedTrial()
    }
  }

  /// Whether a call that took `elapsed` and timed out began under a higher limit that is or was on trial. Such a time-out
  /// says nothing about the gateway's health.
  package func isOfTrial(elapsed: Duration, at now: Timestamp) -> Bool {
    let isOfThisRound = now.subtracting(elapsed) >= round.began
    return phase == .higher ? isOfThisRound : phase == .again && trial.limit > limit && !isOfThisRound
  }

  /// A call of that round was not made, or says nothing of what the gateway can carry.
  package mutating func callDoesNotCount(round number: Int?) { if number == round.number { round.cancel() } }

  /// The breaker opened. A trial is over then; else the gateway gets half as many calls, and no more than a new one, when it is tried
  /// again.
  package mutating func gatewayFailed(at now: Timestamp) {
    round = LimitRound(number: round.number + 1, at: now)
    if phase == .higher { return goBackFromHigher(.lost(limit)) }
    (limit, phase) = (max(1, min(limit / 2, SlotLimit.initial)), .steady)
    (base, trial, pause) = (Measured(limit: limit, cost: .zero), Measured(limit: limit, cost: .zero), 0)
  }

  /// The number of calls in hand, one that begins included, from which on the limit matters: a higher one matters as soon as there are more
  /// than the base allows.
  package var crowdedFrom: Int { phase == .higher ? base.limit + 1 : limit }

  /// The highest limit under which calls that are under way may have begun. With more of them than the limit the next ones would be slow, and
  /// that would speak against the limit.
  package var highest: Int {
    switch phase {
    case .steady, .higher: limit
    case .lower: max(limit, base.limit)
    case .again: max(limit, trial.limit)
    }
  }

  /// The limit that callers may reckon with: a lower one is tried for one round only.
  package var expected: Int { phase == .lower ? base.limit : limit }

  /// What idleness and another configuration have made of it by now. `used` is when the last call ended.
  package mutating func age(to now: Timestamp, used: Timestamp, maximum: Int) {
    let idle = now.since(max(used, max(round.began, round.filled)))
    let most = idle >= SlotLimit.idleTime ? min(maximum, SlotLimit.initial) : maximum
    guard limit > most || base.limit > maximum || idle >= SlotLimit.idleTime && (base.cost > .zero || lastPause > 0) else { return }
    let number = round.number + 1
    self = SlotLimit(at: now, limit: max(1, min(limit, most)))
    round = LimitRound(number: number, at: now)
  }

  /// Moves the times it remembers. For a clock that was set.
  package mutating func shift(by step: Duration) { round.shift(by: step) }
}
