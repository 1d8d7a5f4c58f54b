import Gateways
import SharedKernel

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
