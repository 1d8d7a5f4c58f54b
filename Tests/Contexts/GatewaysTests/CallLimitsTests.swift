import Gateways
import SharedKernel
import TestSupport
import Testing

/// How often, how many at once, and what an answer means.
@Suite struct CallLimitsTests {
  /// Breaks when repeats go on while nothing succeeds, or never come back.
  @Test func repeatsRunOutAndComeBack() {
    var budget = RetryBudget()
    var count = 0
    while budget.takeRetry() { count += 1 }
    #expect(count == 20)
    for _ in 0..<5 { budget.succeeded() }
    let (first, second) = (budget.takeRetry(), budget.takeRetry())
    #expect(first && !second)
    budget = RetryBudget()
    for _ in 0..<10 { budget.timedOut() }
    let third = budget.takeRetry()
    #expect(!third && budget.tokens == 0)
    for _ in 0..<200 { budget.succeeded() }
    #expect(budget.tokens == 100)
  }

  /// Breaks when a wait can be longer than 0.4 s, or is not spread down to nothing.
  @Test(arguments: [0, 1, 2, 3, 10, 62, 1000]) func aWaitIsSpread(attempt: Int) {
    #expect(RetryBudget.delay(beforeRepeat: attempt, chance: 0) == .zero)
    #expect((Duration.microseconds(1)...Duration.milliseconds(400)).contains(RetryBudget.delay(beforeRepeat: attempt, chance: 0.999_999)))
  }

  /// Breaks when a call of which nothing more is heard keeps a round open for ever.
  @Test func aRoundEndsWithoutThoseThatAreGone() {
    var now = Timestamp(seconds: 1000)
    var slots = SlotLimit(at: now, limit: 4)
    for _ in 0..<6 { #expect(slots.callBegins(at: now, isCrowded: true, timeout: .milliseconds(610)) == 1) }
    for _ in 0..<5 { slots.callEnded(at: now, elapsed: .milliseconds(1), isAnswered: true, round: 1, maximum: 8) }
    now = now.adding(.seconds(2))
    #expect(slots.callBegins(at: now, isCrowded: true, timeout: .milliseconds(610)) == nil && slots.limit == 4)
    #expect(slots.callBegins(at: now, isCrowded: true, timeout: .milliseconds(610)) == 2)
  }

  /// Calls that time out under a higher limit, after those at the old one took 100 ms. Breaks when they speak against the gateway, when the
  /// trial goes on although it cannot win any more, or when calls at the old limit are forgiven too.
  @Test func timeOutsOfATrialAreNotTheGateways() {
    let begin = Timestamp(seconds: 1000)
    let late = begin.adding(.milliseconds(610))
    let base = SlotLimit.Measured(limit: 20, cost: .milliseconds(100))
    var health = GatewayHealth(at: begin)
    health.slots = SlotLimit(
      limit: 40, phase: .higher, round: LimitRound(number: 7, at: begin), base: base, trial: base, pause: 0, lastPause: 0)
    var rounds: [Int?] = []
    for _ in 0..<40 {
      rounds.append(health.admit(at: begin, isCrowded: true, timeout: .milliseconds(610), BreakerSettings(), chance: 0).round)
    }
    func timesOut(_ round: Int?, at now: Timestamp) -> BreakerTransition? {
      let call = EndedCall(.late, lease: nil, round: round, elapsed: .milliseconds(610), occupied: .milliseconds(610))
      return health.callEnded(call, at: now, slots: 100, BreakerSettings(), chance: 0)
    }
    for (count, round) in rounds.enumerated() {
      #expect(timesOut(round, at: late) == nil)
      // Each of the others at 100 ms: six time-outs make (6 · 610 + 54 · 100) / 54 > 160 ms, the most that a limit of 40 may cost.
      #expect(health.slots.limit == (count < 5 ? 40 : 20), "after \(count + 1)")
    }
    #expect(health.breaker.outcomes.isEmpty)
    for count in 1...20 {
      let round = health.admit(at: late, isCrowded: true, timeout: .milliseconds(610), BreakerSettings(), chance: 0).round
      #expect((timesOut(round, at: late.adding(.milliseconds(610))) != nil) == (count == 20))
    }
  }

  /// Breaks when what was learned stays for ever while nobody calls, or a lower limit is forgotten although it may still be right.
  @Test func idlenessIsForgotten() {
    let start = Timestamp(seconds: 1000)
    for (limit, later) in [(40, 10), (3, 3)] {
      var slots = SlotLimit(at: start, limit: limit)
      slots.age(to: start.adding(.seconds(9)), used: start, maximum: 100)
      #expect(slots.limit == limit)
      slots.age(to: start.adding(.seconds(11)), used: start, maximum: 100)
      #expect(slots.limit == later)
      slots.age(to: start.adding(.seconds(12)), used: start, maximum: 2)
      #expect(slots.limit == 2)
    }
  }

  /// Breaks when the line is no line, or the wait is not that of those who are before one.
  @Test func theLineKeepsItsOrder() {
    let now = Timestamp(seconds: 1000)
    var line = WaitingLine(used: now)
    for place in [7, 3, 9] { line.join(place) }
    line.leave(3)
    #expect(line.ahead(of: 7) == 0 && line.ahead(of: 9) == 1 && line.ahead(of: 3) == nil)
    #expect(line.wait(ahead: 3, limit: 2, at: now, unknown: .milliseconds(300)) == .milliseconds(600), "nothing is known yet")
    for _ in 0..<50 { line.slotUsed(for: .milliseconds(400), at: now) }
    #expect(
      (Duration.milliseconds(1900)...Duration.milliseconds(2100)).contains(
        line.wait(ahead: 9, limit: 2, at: now, unknown: .milliseconds(300))))
    #expect(
      line.wait(ahead: 9, limit: 2, at: now, unknown: .milliseconds(300))
        > line.wait(ahead: 8, limit: 2, at: now, unknown: .milliseconds(300)))
    for _ in 0..<50 { line.slotUsed(for: .milliseconds(20), at: now) }
    let usual = line.wait(ahead: 9, limit: 1, at: now, unknown: .milliseconds(300))
    #expect(line.wait(ahead: 9, limit: 1, at: now.adding(.milliseconds(400)), unknown: .milliseconds(300)) > usual * 5, "it hangs")
  }

  /// Whatever happens the limit is from 1 to the maximum. Breaks when an order of events takes it out of there.
  @Test(arguments: 0..<100) func slotsStayInTheirBounds(seed: Int) {
    var chance = SeededRandom(seed: UInt64(seed))
    var now = Timestamp(seconds: 1_763_800_000)
    var health = GatewayHealth(at: now)
    let maximum = Int(chance.number(1..<20))
    var calls: [(lease: Int?, round: Int?)] = []
    for _ in 0..<500 {
      now = now.adding(.microseconds(chance.number(-5_000_000..<9_000_000)))
      health.advance(to: now, slots: maximum)
      switch chance.number(0..<3) {
      case 0:
        let isCrowded = chance.number(0..<4) > 0
        let admitted = health.admit(at: now, isCrowded: isCrowded, timeout: .milliseconds(610), BreakerSettings(), chance: 0.5)
        if case .allowed(let lease) = admitted.admission { calls.append((lease, admitted.round)) }
      case 1:
        guard let (lease, round) = calls.popLast() else { continue }
        let verdict = CircuitBreaker.Verdict.allCases[Int(chance.number(0..<4))]
        let elapsed = Duration.microseconds(chance.number(0..<700_000))
        let call = EndedCall(verdict, lease: lease, round: round, elapsed: elapsed, occupied: elapsed)
        _ = health.callEnded(call, at: now, slots: maximum, BreakerSettings(), chance: 0.5)
      default:
        guard let (lease, round) = calls.popLast() else { continue }
        health.giveBack(lease: lease, round: round)
      }
      #expect((1...maximum).contains(health.slots.limit) && health.slots.round.ended <= 60)
      #expect((1...maximum).contains(health.slots.expected))
    }
  }

  /// Breaks when an answer is believed that the contract does not know.
  @Test(
    arguments: [
      ("ok R1\n=exit 0\n", GatewayAnswer.done(reference: "R1")), ("ok R1\nmore\n=exit 0\n", .done(reference: "R1")),
      ("=exit 77\n", .declined("")), ("ok R1\n=exit 77\n", .declined("")), ("=exit 69\n", .notAsked("the gateway could not be asked")),
      ("=exit 75\n", .undecided("the gateway has not decided yet")),
      ("=start 2\n", .notAsked("its command could not be started (error 2)")),
      ("=exit 0\n", .doubtful("exit status 0 without a line 'ok REF'")),
      ("ok\n=exit 0\n", .doubtful("exit status 0 without a line 'ok REF'")),
      ("OK R1\n=exit 0\n", .doubtful("exit status 0 without a line 'ok REF'")),
      ("ok R1 R2\n=exit 0\n", .doubtful("exit status 0 without a line 'ok REF'")),
      ("ok R1\n=exit 1\n", .doubtful("exit status 1")), ("ok R1\n=signal 9\n", .doubtful("ended by signal 9")),
      ("ok R1\n=stopped\n", .doubtful("it was ended, having run far too long")),
    ] as [(String, GatewayAnswer)])
  func answers(file: String, answer: GatewayAnswer) {
    #expect(GatewayAttempt(reading: Array(file.utf8)).answer(to: .charge) == answer)
  }

  /// Breaks when what a command that still runs has printed is taken for its answer, or an end that is cut short for an end.
  @Test(arguments: ["", "ok R1\n", "ok R1\n=exi", "ok R1\n=exit 0", "ok R1\n=exit\n", "ok R1\n=exit x\n", "=exit 0\nok R1\n"])
  func whatHasNotEndedIsNoAnswer(file: String) {
    #expect(GatewayAttempt(reading: Array(file.utf8)).answer(to: .charge) == nil)
  }

  /// Breaks when a void has to have a name, or bytes that are no text are taken for one.
  @Test func voidsAndNoise() {
    #expect(GatewayAttempt(reading: Array("=exit 0\n".utf8)).answer(to: .void) == .done(reference: ""))
    #expect(
      GatewayAttempt(reading: Array("ok ".utf8) + [0xff, 0x1b] + Array("\n=exit 0\n".utf8)).answer(to: .charge)
        == .doubtful("exit status 0 without a line 'ok REF'"))
  }
}
