import Gateways
import Testing

/// What the rules do under load, by the simulation: a hundred clients, or fewer, at providers of every kind.
@Suite struct OverloadTests {
  private static let seeds: ClosedRange<UInt64> = 1...3

  /// The mean over some seeds.
  private func mean(_ figure: (UInt64) -> Double) -> Double {
    Self.seeds.map(figure).reduce(0, +) / Double(Self.seeds.count)
  }

  private func simulation(_ provider: @escaping Provider, slots: Int, seed: UInt64, _ rule: LimitRule = .trials) -> OverloadSimulation {
    var simulation = OverloadSimulation(provider)
    (simulation.slots, simulation.seed, simulation.rule) = (slots, seed, rule)
    return simulation
  }

  /// Sent messages a second, of a run of `seconds` from second `from` on.
  private func rate(
    _ provider: @escaping Provider, slots: Int, _ rule: LimitRule = .trials, seconds: Int64 = 20, from: Int64 = 0
  ) -> Double {
    mean { seed in
      let course = simulation(provider, slots: slots, seed: seed, rule).run(seconds: seconds)
      return Double(course.sent(from * 1_000_000)) / Double(seconds - from)
    }
  }

  /// A provider that takes 400 ± 220 ms under a time-out of 610 ms, and nearly always answers in time. Breaks when what works is refused:
  /// when fewer are sent than nine tenths of what the slots carry, or the others are not told at once.
  @Test(arguments: [1, 10]) func theSlotsAreUsed(slots: Int) {
    for seed in Self.seeds {
      let course = simulation(Providers.slow, slots: slots, seed: seed).run(seconds: 30)
      #expect(Double(course.sent()) >= 0.9 * Double(slots) * 30 / 0.4, "seed \(seed): \(course.sent()) sent")
      #expect(course.toldAtOnce() >= 0.99 && course.overtaken == 0, "seed \(seed)")
      #expect(course.transitions.isEmpty, "seed \(seed): \(course.transitions)")
    }
  }

  /// The same with a slot for everybody.
  @Test func whereThereIsRoomForAllAllAreSent() {
    for seed in Self.seeds {
      let course = simulation(Providers.slow, slots: 100, seed: seed).run(seconds: 20)
      #expect(Double(course.sent()) >= 0.97 * Double(course.all()), "seed \(seed): \(course.sent()) of \(course.all())")
      #expect(course.limits.last.map { $0.limit >= 40 } == true)
    }
  }

  /// The rule of an earlier version. Breaks when the simulation does not show what is wrong with it: it would show nothing then.
  @Test(arguments: [10, 100]) func theOldRuleIsCaught(slots: Int) {
    var old = simulation(Providers.slow, slots: slots, seed: 1)
    old.slownessOpens = true
    let course = old.run(seconds: 30)
    #expect(course.transitions.contains { $0.to == .open })
    #expect(Double(course.sent()) < 0.5 * Double(course.all()), "\(course.sent()) of \(course.all())")
    #expect(Double(course.sent()) < 0.5 * Double(min(slots, 40)) * 30 / 0.4)
  }

  /// A provider whose latency doubles with some calls more. Breaks when the slots found, from the beginning or within five seconds, carry
  /// less than 0.85 of the best fixed number of them.
  @Test(arguments: [(10, [8, 10, 12, 14, 17]), (30, [20, 30, 40, 50])]) func theKneeIsFound(calls: Int, limits: [Int]) {
    let provider = Providers.doubling(each: calls)
    let best = limits.map { rate(provider, slots: 100, .fixed($0)) }.max() ?? 0
    #expect(rate(provider, slots: 100) >= 0.85 * best && rate(provider, slots: 100, from: 5) >= 0.85 * best, "best \(best)")
  }

  /// A quick provider with few calls in hand, which then slows down under load. Breaks when callers find a limit from better times, and the
  /// new knee is not found within five seconds.
  @Test func aSmallerKneeIsFound() {
    let provider = Providers.first(Providers.quick, seconds: 10, then: Providers.doubling(each: 10))
    let best = [8, 10, 12, 14].map { rate(Providers.doubling(each: 10), slots: 100, .fixed($0)) }.max() ?? 0
    #expect(rate(provider, slots: 100, seconds: 25, from: 15) >= 0.85 * best, "best \(best)")
  }

  /// The same. Breaks when the calls that a higher limit cost speak against the provider: the circuit opens, for five seconds each time.
  @Test(arguments: [0, 3, 10], [2000, 20_000]) func aTrialOpensNoCircuit(quickSeconds: Int64, handOver: Int64) {
    for seed in UInt64(1)...10 {
      let provider = Providers.first(Providers.quick, seconds: quickSeconds, then: Providers.doubling(each: 10))
      var simulation = simulation(provider, slots: 100, seed: seed)
      simulation.handOver = handOver
      let course = simulation.run(seconds: 25)
      #expect(course.transitions.isEmpty, "seed \(seed): \(course.transitions)")
    }
  }

  /// One that is quick for five seconds and slow for five, for reasons of its own; and one that slows down under load and changes as
  /// often. Breaks when adapting loses more than a tenth of what is possible.
  @Test func changesLoseLittle() {
    let own = Providers.alternating(Providers.quick, Providers.slow)
    for slots in [1, 10, 100] {
      // Beyond the first ten seconds, in which the limit is found.
      let found = rate(own, slots: slots, seconds: 40, from: 10)
      #expect(found >= 0.9 * rate(own, slots: slots, .fixed(slots), seconds: 40, from: 10), "\(slots) slots: \(found)")
    }
    let load = Providers.alternating(Providers.doubling(each: 10), Providers.doubling(each: 10, from: 200_000))
    let best = [8, 10, 12, 14].map { rate(load, slots: 100, .fixed($0), seconds: 30) }.max() ?? 0
    #expect(rate(load, slots: 100, seconds: 30) >= 0.9 * best, "best \(best)")
  }

  /// A provider that answers nobody from second 10 to 20. Breaks when the breaker is not open within two seconds, more than two calls a
  /// slot time out until then, or it is not closed six seconds after the provider is back.
  @Test(arguments: [1, 3, 10, 100], [false, true]) func aHangingProviderIsLeftAlone(slots: Int, isSlow: Bool) {
    let provider = Providers.hangs(isSlow ? Providers.slow : Providers.quick, from: 10, to: 20)
    for seed in Self.seeds {
      let course = simulation(provider, slots: slots, seed: seed).run(seconds: 30)
      let opened = course.opened(after: 10_000_000)
      #expect(opened.map { $0 <= 2_000_000 } == true, "seed \(seed): \(course.transitions)")
      #expect(course.timeOuts.count { (10_000_000..<14_000_000).contains($0) } <= 2 * slots, "seed \(seed)")
      // A probe of the slow one may be too late by chance: 1 of 40.
      #expect(
        course.closed(after: 20_000_000).map { $0 <= 6_000_000 } == true || isSlow && slots < 3, "seed \(seed): \(course.transitions)")
      #expect(course.sent(26_000_000) > 4)
    }
  }

  /// The rules that were to choose from. Breaks when the one that was chosen is not the best, or as good, everywhere; ARCHITECTURE.md has
  /// the figures.
  @Test func theRuleIsTheBestOfThose() {
    let worlds: [(String, Provider, Int)] = [
      ("400 ± 220 ms", Providers.slow, 10), ("400 ± 220 ms", Providers.slow, 100), ("doubling each 10", Providers.doubling(each: 10), 100),
      ("12 servers", Providers.servers(12), 100), ("quick and slow in turn", Providers.alternating(Providers.quick, Providers.slow), 100),
      (
        "doubling, and slower in turn", Providers.alternating(Providers.doubling(each: 10), Providers.doubling(each: 10, from: 200_000)),
        100
      ),
    ]
    for (name, provider, slots) in worlds {
      let rates = [LimitRule.trials, .aimd, .gradient, .vegas].map { rate(provider, slots: slots, $0, seconds: 25, from: 5) }
      #expect(rates[0] >= 0.95 * (rates.max() ?? 0), "\(name), \(slots) slots: \(rates)")
    }
  }
}
