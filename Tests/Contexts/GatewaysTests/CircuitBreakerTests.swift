import Gateways
import SharedKernel
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
    #expect(bench.transitions.map(\.reason) == ["of the last 20 calls 10 failed and 0 were slow"])
  }

  /// Breaks when a gateway that answers late, but does answer, never opens it; or slow and failed calls are added up.
  @Test func slownessAloneOpensIt() {
    var bench = Bench()
    bench.calls(Array(repeating: .good, count: 10) + Array(repeating: .slow, count: 10))
    #expect(bench.breaker.state == .open)
    bench = Bench()
    bench.calls(Array(repeating: .good, count: 10) + Array(repeating: .slow, count: 5) + Array(repeating: .failed, count: 5))
    #expect(bench.breaker.state == .closed, "a quarter failed and a quarter was slow")
  }

  /// One slot: some forty quick calls a second, then slow ones. Breaks when the quick ones of before hide the slow ones although
  /// callers are turned away; or when three calls are enough although nobody is.
  @Test(arguments: [true, false])
  func fewCallsAreEnoughUnderPressure(isPressed: Bool) {
    let bench = Bench()
    func press() { if isPressed { bench.breaker.recordRejection(at: bench.now) } }
    for _ in 0..<200 {
      bench.wait(milliseconds: 25)
      bench.report(.good)
      press()
    }
    #expect(bench.breaker.state == .closed, "it is well, however many are turned away")
    for _ in 0..<4 {
      bench.wait(milliseconds: 400)
      bench.report(.slow)
      press()
    }
    #expect(bench.breaker.state == (isPressed ? .open : .closed))
    #expect(
      bench.transitions.map(\.reason) == (isPressed ? ["of the last 4 calls 0 failed and 3 were slow, and callers were turned away"] : []))
  }

  /// Breaks when pressure that is over still counts, or is asked for at every caller.
  @Test func pressureIsForgotten() {
    let bench = Bench()
    #expect(bench.breaker.shouldRecordRejection(at: bench.now, bench.settings))
    bench.breaker.recordRejection(at: bench.now)
    #expect(!bench.breaker.shouldRecordRejection(at: bench.now, bench.settings))
    bench.wait(milliseconds: 1526)
    #expect(bench.breaker.shouldRecordRejection(at: bench.now, bench.settings))
    bench.calls([.slow, .slow, .slow])
    #expect(bench.breaker.state == .closed)
    bench.breaker.recordRejection(at: bench.now)
    bench.report(.slow)
    #expect(bench.breaker.state == .open)
    #expect(!bench.breaker.shouldRecordRejection(at: bench.now, bench.settings), "an open one turns everybody away")
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
  @Test(arguments: [(0.0, 4500), (0.5, 5000), (0.999, 5499)] as [(Double, Int64)])
  func itStaysOpenForAWhile(chance: Double, milliseconds: Int64) {
    let bench = Bench()
    for _ in 0..<20 { _ = bench.breaker.report(.late, lease: nil, at: bench.now, bench.settings, chance: chance) }
    bench.wait(milliseconds: milliseconds - 1)
    #expect(!bench.isAllowed())
    bench.wait(milliseconds: 2)
    #expect(bench.isAllowed() && bench.breaker.state == .halfOpen)
  }

  /// Breaks when more than five probes go out, or five good ones do not close it.
  @Test func fiveGoodProbesCloseIt() {
    let bench = Bench()
    bench.openAndWait()
    let leases = (0..<5).compactMap { _ in if case .allowed(let lease?) = bench.admit() { lease } else { nil } }
    #expect(leases.count == 5 && Set(leases).count == 5)
    #expect(!bench.isAllowed(), "a sixth")
    for lease in leases { bench.report(.good, lease: lease) }
    #expect(bench.breaker.state == .closed)
    #expect(bench.transitions.map(\.to) == [.open, .halfOpen, .closed])
  }

  /// Breaks when bad probes do not open it again, or a slow one counts as good.
  @Test(arguments: [CircuitBreaker.Verdict.slow, .failed, .late]) func threeBadProbesOpenIt(verdict: CircuitBreaker.Verdict) {
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
    bench.wait(milliseconds: 1999)
    #expect(!bench.isAllowed())
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
    var chance = Chance(seed: UInt64(seed))
    var (now, settings) = (Timestamp(seconds: 1_763_800_000), BreakerSettings())
    settings.leaseTime = 1_220_000
    var health = GatewayHealth(at: now)
    var lent: [Int?] = []
    let verdicts = CircuitBreaker.Verdict.allCases
    for _ in 0..<400 {
      let jump = chance.number(0..<40)
      now = now.adding(microseconds: jump == 0 ? chance.number(-7_200_000_000..<7_200_000_000) : chance.number(0..<400_000))
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
      now = now.adding(seconds: 1)
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
    now = now.adding(seconds: -86400 * 365 * 3)
    health.advance(to: now, slots: 10)
    let early = health.breaker.admit(at: now, BreakerSettings(), chance: 0.5).admission
    #expect(early == .refused(until: now.adding(seconds: 5)))
    now = now.adding(seconds: 5)
    let late = health.breaker.admit(at: now, BreakerSettings(), chance: 0.5).admission
    #expect(late == .allowed(lease: 1))
  }
}
