import Gateways
import SharedKernel
import TestSupport
import Testing

/// The breaker by its rules, and then whatever happens to it.
@Suite struct CircuitBreakerTests {
  /// Breaks when too few calls are judged, or the twentieth is not.
  @Test func itOpensAtHalfOfTwentyCalls() {
    let bench = Bench()
    bench.calls(Array(repeating: .good, count: 10) + Array(repeating: .failed, count: 9))
    #expect(bench.breaker.state == .closed)
    bench.report(.failed)
    #expect(bench.breaker.state == .open)
    #expect(bench.transitions.map(\.reason) == ["of the last 20 calls 10 failed"])
  }

  /// Breaks when a gateway that answers in time, however slowly, is refused; or slow answers are added to the failures.
  @Test func slownessNeverOpensIt() {
    let bench = Bench()
    bench.calls(Array(repeating: .slow, count: 500))
    #expect(bench.breaker.state == .closed)
    bench.calls(Array(repeating: .slow, count: 26) + Array(repeating: .failed, count: 24))
    #expect(bench.breaker.state == .closed, "24 of 50 failed")
    bench.report(.failed)
    #expect(bench.breaker.state == .open)
    #expect(bench.breaker.figures(at: bench.now, bench.settings) == (0, 0, 0))
  }

  /// Few slots: many quick calls, and then none that is answered. Breaks when the quick ones of before hide the others, when an answer in
  /// between does not count, or when failures at once are taken for time-outs.
  @Test(arguments: [1, 2, 3, 10, 20, 100]) func timeOutsInARowOpenIt(slots: Int) {
    let row = min(20, max(2, slots))
    let bench = Bench()
    bench.settings = bench.settings.fitting(limit: slots)
    bench.calls(Array(repeating: .good, count: 200))
    let others = Array(repeating: CircuitBreaker.Verdict.late, count: row - 1)
    for answer in [CircuitBreaker.Verdict.good, .slow] { bench.calls(others + Array(repeating: answer, count: 40)) }
    bench.calls(others)
    #expect(bench.breaker.state == .closed)
    bench.report(.late)
    #expect(bench.transitions.map(\.reason) == ["the last \(row) calls timed out"])
    let failing = Bench()
    failing.settings = bench.settings
    failing.calls(Array(repeating: .good, count: 200) + Array(repeating: .failed, count: row))
    #expect(failing.breaker.state == .closed)
  }

  /// Breaks when what happened long ago, or before the last fifty calls, still counts.
  @Test func onlyTheLastCallsCount() {
    var bench = Bench()
    bench.calls(Array(repeating: .failed, count: 19))
    bench.wait(milliseconds: 10_001)
    bench.calls(Array(repeating: .failed, count: 19))
    #expect(bench.breaker.state == .closed, "half of them are too old")
    bench = Bench()
    bench.calls(Array(repeating: .good, count: 100) + Array(repeating: .failed, count: 24))
    #expect(bench.breaker.state == .closed)
    bench.report(.failed)
    #expect(bench.breaker.state == .open, "25 of 50")
  }

  /// Breaks when an open breaker lets a call through, or all come back at the same moment.
  @Test(arguments: [(0.0, 5000), (0.5, 4750), (0.999, 4501)] as [(Double, Int64)])
  func itStaysOpenForAWhile(chance: Double, milliseconds: Int64) {
    let bench = Bench()
    for _ in 0..<20 { _ = bench.breaker.report(.late, lease: nil, at: bench.now, bench.settings, chance: chance) }
    bench.wait(milliseconds: milliseconds - 1)
    #expect(!bench.isAllowed())
    bench.wait(milliseconds: 2)
    #expect(bench.isAllowed() && bench.breaker.state == .halfOpen)
  }

  /// Breaks when more than five probes go out, the majority does not close it, or it takes more than that.
  @Test(arguments: [CircuitBreaker.Verdict.good, .slow]) func threeGoodProbesOfFiveCloseIt(verdict: CircuitBreaker.Verdict) {
    let bench = Bench()
    bench.openAndWait()
    let leases = (0..<5).compactMap { _ in if case .allowed(let lease?) = bench.admit() { lease } else { nil } }
    #expect(leases.count == 5 && Set(leases).count == 5)
    #expect(!bench.isAllowed(), "a sixth")
    bench.report(.late, lease: leases[0])
    for lease in leases[1...2] { bench.report(verdict, lease: lease) }
    #expect(bench.breaker.state == .halfOpen)
    bench.report(verdict, lease: leases[3])
    #expect(bench.breaker.state == .closed)
    #expect(bench.transitions.map(\.to) == [.open, .halfOpen, .closed])
    bench.report(.good, lease: leases[4])
    #expect(bench.breaker.figures(at: bench.now, bench.settings).all == 1, "a probe that comes late is a call")
  }

  /// Breaks when a gateway that gets one call at a time has to show five times in a row that it is back.
  @Test func fewSlotsFewProbes() {
    let bench = Bench()
    bench.settings = bench.settings.fitting(limit: 1)
    bench.openAndWait()
    guard case .allowed(let lease) = bench.admit() else {
      Issue.record("no probe")
      return
    }
    #expect(!bench.isAllowed())
    bench.report(.good, lease: lease)
    #expect(bench.breaker.state == .closed)
  }

  /// Breaks when bad probes do not open it again.
  @Test(arguments: [CircuitBreaker.Verdict.failed, .late]) func threeBadProbesOpenIt(verdict: CircuitBreaker.Verdict) {
    let bench = Bench()
    bench.openAndWait()
    for _ in 0..<3 { if case .allowed(let lease?) = bench.admit() { bench.report(verdict, lease: lease) } }
    #expect(bench.breaker.state == .open)
    bench.wait(milliseconds: 5500)
    #expect(bench.isAllowed())
  }

  /// Breaks when probes that were killed keep the breaker half open.
  @Test func killedProbersWedgeNothing() {
    let bench = Bench()
    bench.openAndWait()
    for _ in 0..<5 { #expect(bench.isAllowed()) }
    bench.wait(milliseconds: 1609)
    #expect(bench.admit() == .refused(until: bench.now.adding(.milliseconds(1))), "the time that is named is that of the end")
    bench.wait(milliseconds: 1)
    #expect(!bench.isAllowed() && bench.breaker.state == .open, "their leases ran out")
    bench.wait(milliseconds: 5500)
    #expect(bench.isAllowed())
  }

  /// Breaks when a call of an earlier time is taken for a probe, or a probe that was never made is lost.
  @Test func onlyALeaseCounts() {
    let bench = Bench()
    bench.openAndWait()
    guard case .allowed(let lease?) = bench.admit() else {
      Issue.record("no probe")
      return
    }
    bench.report(.late)
    bench.report(.late, lease: lease + 1000)
    #expect(bench.breaker.bad == 0)
    bench.breaker.giveBack(lease: lease)
    for _ in 0..<5 { #expect(bench.isAllowed()) }
  }

  /// Breaks when a person's word is overruled by what calls say.
  @Test func aPersonDecides() {
    let bench = Bench()
    let transition = bench.breaker.set(.forcedOpen, at: bench.now)
    #expect(transition?.to == .forcedOpen)
    bench.wait(milliseconds: 86_400_000)
    #expect(bench.admit() == .refused(until: nil))
    let second = bench.breaker.set(.forcedOpen, at: bench.now)
    #expect(second == nil, "said a second time")
    _ = bench.breaker.set(.disabled, at: bench.now)
    bench.calls(Array(repeating: .late, count: 60))
    #expect(bench.isAllowed() && bench.breaker.state == .disabled)
    _ = bench.breaker.set(.closed, at: bench.now)
    bench.calls(Array(repeating: .late, count: 20))
    #expect(bench.breaker.state == .open)
  }

  /// Whatever happens, in whatever order, with a clock that jumps to and fro: once the gateway is well again and the clock goes
  /// on, the breaker closes. Breaks with anything that can keep it open, half open, or full of lent leases.
  @Test(arguments: 0..<300) func nothingWedgesIt(seed: Int) {
    var chance = SeededRandom(seed: UInt64(seed))
    var (now, settings) = (Timestamp(seconds: 1_763_800_000), BreakerSettings())
    settings.leaseTime = .milliseconds(1220)
    var health = GatewayHealth(at: now)
    var lent: [Int?] = []
    let verdicts = CircuitBreaker.Verdict.allCases
    for _ in 0..<400 {
      let jump = chance.number(0..<40)
      now = now.adding(.microseconds(jump == 0 ? chance.number(-7_200_000_000..<7_200_000_000) : chance.number(0..<400_000)))
      health.advance(to: now, slots: 10)
      if case .allowed(let lease) = health.breaker.admit(at: now, settings, chance: chance.fraction()).admission { lent.append(lease) }
      #expect(health.breaker.issued <= settings.probes && health.breaker.leases.count <= settings.probes)
      // Some calls end, some callers are killed and never report.
      if let lease = lent.popLast(), chance.number(0..<3) > 0 {
        let verdict = verdicts[Int(chance.number(0..<Int64(verdicts.count)))]
        _ = health.breaker.report(verdict, lease: lease, at: now, settings, chance: chance.fraction())
      }
      #expect(health.breaker.outcomes.count <= settings.window)
    }
    // Opened for 5.5 s at most, leases for 1.22 s, five good probes: a call a second closes it within 20 s.
    for _ in 0..<20 {
      now = now.adding(.seconds(1))
      health.advance(to: now, slots: 10)
      if case .allowed(let lease) = health.breaker.admit(at: now, settings, chance: chance.fraction()).admission {
        _ = health.breaker.report(.good, lease: lease, at: now, settings, chance: chance.fraction())
      }
    }
    #expect(health.breaker.state == .closed, "seed \(seed): \(health.breaker)")
  }

  /// Breaks when a clock that is set back by years leaves an open breaker open for years.
  @Test func aClockSetBackShortensNothingAndLengthensNothing() {
    var now = Timestamp(seconds: 1_763_800_000)
    var health = GatewayHealth(at: now)
    for _ in 0..<20 { _ = health.breaker.report(.late, lease: nil, at: now, BreakerSettings(), chance: 0.5) }
    now = now.adding(.seconds(-86400 * 365 * 3))
    health.advance(to: now, slots: 10)
    let early = health.breaker.admit(at: now, BreakerSettings(), chance: 0.5).admission
    #expect(early == .refused(until: now.adding(.milliseconds(4750))))
    now = now.adding(.seconds(5))
    let late = health.breaker.admit(at: now, BreakerSettings(), chance: 0.5).admission
    #expect(late == .allowed(lease: 1))
  }
}
