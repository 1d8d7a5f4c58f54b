import Gateways
import SharedKernel
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
    #expect(RetryBudget.delay(beforeRepeat: attempt, chance: 0) == 0)
    #expect((1...400_000).contains(RetryBudget.delay(beforeRepeat: attempt, chance: 0.999_999)))
  }

  /// Breaks when slots do not grow one by one, halve more than once for one bad moment, or stay when nobody waits.
  @Test func slotsFollowTheLoad() {
    var now = Timestamp(seconds: 1000)
    var slots = SlotLimit(changed: now)
    for _ in 0..<20 { slots.callerWaited(at: now, maximum: 10) }
    #expect(slots.limit == 10)
    now = now.adding(seconds: 1)
    for _ in 0..<9 { slots.callWasSlow(at: now, interval: 610_000) }
    #expect(slots.limit == 5)
    now = now.adding(seconds: 20)
    slots.age(to: now, maximum: 10)
    #expect(slots.limit == 3)
    now = now.adding(seconds: 100_000)
    slots.age(to: now, maximum: 10)
    #expect(slots.limit == 1)
    slots.callWasSlow(at: now, interval: 0)
    #expect(slots.limit == 1)
  }

  /// Whatever happens the limit is from 1 to the maximum. Breaks when an order of events takes it out of there.
  @Test(arguments: 0..<100) func slotsStayInTheirBounds(seed: Int) {
    var chance = Chance(seed: UInt64(seed))
    var now = Timestamp(seconds: 1_763_800_000)
    var health = GatewayHealth(at: now)
    let maximum = Int(chance.number(1..<20))
    for _ in 0..<500 {
      now = now.adding(microseconds: chance.number(-5_000_000..<9_000_000))
      health.advance(to: now, slots: maximum)
      switch chance.number(0..<3) {
      case 0: health.slots.callerWaited(at: now, maximum: maximum)
      case 1: health.slots.callWasSlow(at: now, interval: 610_000)
      default: break
      }
      #expect((1...maximum).contains(health.slots.limit))
      #expect(health.slots.changed <= now.adding(seconds: 1), "a change in the future would never age")
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
