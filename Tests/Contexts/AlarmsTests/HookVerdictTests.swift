import Testing

@testable import Alarms

@Suite struct HookVerdictTests {
  /// Breaks when the contract with hooks changes.
  @Test(arguments: [
    (HookEnd.exited(0), "", HookVerdict.done), (.exited(75), "", .retry(after: nil)),
    (.exited(75), "retry-after: 90", .retry(after: .seconds(90))),
    (.exited(75), "Retry-After:7", .retry(after: .seconds(7))), (.exited(75), "retry-after: soon", .retry(after: nil)),
    (.exited(75), "retry-after: -1", .retry(after: nil)), (.exited(67), "", .skipped), (.exited(78), "", .pause),
    (.exited(126), "", .retry(after: nil)), (.exited(127), "", .retry(after: nil)), (.signalled(9), "", .retry(after: nil)),
    (.timedOut, "", .retry(after: nil)), (.notStarted("no"), "", .retry(after: nil)), (.exited(1), "retry-after: 5", .dead),
    (.exited(64), "", .dead), (.exited(255), "", .dead),
  ])
  func verdicts(_ end: HookEnd, lastLine: String, verdict: HookVerdict) {
    #expect(HookVerdict(end, lastLine: lastLine) == verdict)
  }
}

@Suite struct RetryPolicyTests {
  /// Breaks when the waits do not double from 5 s up to 15 min.
  @Test(arguments: [(1, 5), (2, 10), (3, 20), (7, 320), (8, 640), (9, 900), (60, 900)])
  func waitsDouble(attempt: Int, wait: Int64) {
    #expect(plainPolicy.next(after: attempt, named: nil, first: seconds(0), now: seconds(10)) == seconds(10 + wait))
  }

  /// Breaks when the spread leaves its ±20 %.
  @Test(arguments: [(UInt32(0), Int64(4)), (40, 6)])
  func waitsAreSpread(random: UInt32, wait: Int64) {
    let policy = RetryPolicy(random: { random })
    #expect(policy.next(after: 1, named: nil, first: seconds(0), now: seconds(0)) == seconds(wait))
  }

  /// Breaks when an alarm is tried for ever, or a time the hook names outlives the limit.
  @Test func after26HoursItIsDead() {
    let limit: Int64 = 26 * 3600
    #expect(plainPolicy.next(after: 90, named: nil, first: seconds(0), now: seconds(limit - 900)) == seconds(limit))
    #expect(plainPolicy.next(after: 90, named: nil, first: seconds(0), now: seconds(limit - 899)) == nil)
    #expect(plainPolicy.next(after: 1, named: .seconds(3), first: seconds(0), now: seconds(5)) == seconds(8))
    #expect(plainPolicy.next(after: 1, named: .seconds(Int.max), first: seconds(0), now: seconds(5)) == nil)
  }
}
