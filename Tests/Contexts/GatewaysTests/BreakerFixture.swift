import Gateways
import SharedKernel

/// A seeded source of chance (SplitMix64), so that a failing run can be repeated.
struct Chance {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  /// Evenly from 0..<1.
  mutating func fraction() -> Double { Double(next() >> 11) / Double(UInt64(1) << 53) }
  mutating func number(_ range: Range<Int64>) -> Int64 { range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound)) }
}

/// A breaker with a clock that the test moves.
final class Bench {
  var breaker: CircuitBreaker
  var now = Timestamp(seconds: 1_763_800_000)
  var settings = BreakerSettings()
  var transitions: [BreakerTransition] = []

  init() { breaker = CircuitBreaker(at: now) }

  func wait(milliseconds: Int64) { now = now.adding(.milliseconds(milliseconds)) }

  func admit(chance: Double = 0.5) -> CircuitBreaker.Admission {
    let (admission, made) = breaker.admit(at: now, settings, chance: chance)
    transitions += made
    return admission
  }

  func report(_ verdict: CircuitBreaker.Verdict, lease: Int? = nil) {
    if let transition = breaker.report(verdict, lease: lease, at: now, settings, chance: 0.5) { transitions.append(transition) }
  }

  func calls(_ verdicts: [CircuitBreaker.Verdict]) { for verdict in verdicts { report(verdict) } }

  func isAllowed() -> Bool { if case .allowed = admit() { true } else { false } }

  /// Opens it and lets its time pass.
  func openAndWait() {
    calls(Array(repeating: .late, count: 20))
    wait(milliseconds: 5500)
  }
}
