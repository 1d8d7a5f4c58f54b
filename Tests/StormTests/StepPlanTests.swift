import TestSupport
import Testing

/// A seed is all that is needed to try the same commands again.
@Suite struct StepPlanTests {
  private func steps(seed: UInt64, worker: Int = 0, movesMoney: Bool = true) -> [Step] {
    var plan = StepPlan(seed: seed, worker: worker, movesMoney: movesMoney)
    return (0..<500).map { _ in plan.next() }
  }

  private func texts(_ steps: [Step]) -> [String] { steps.map { "\($0)" } }

  @Test func aSeedGivesOnePlan() {
    #expect(texts(steps(seed: 1)) == texts(steps(seed: 1)))
    #expect(texts(steps(seed: 1)) != texts(steps(seed: 2)))
    #expect(texts(steps(seed: 1)) != texts(steps(seed: 1, worker: 1)))
  }

  /// What the audit is about is tried, and workers meet under the same keys.
  @Test func everythingIsTried() {
    let steps = steps(seed: 1)
    for word in ["--queue", "--at", "--id", "--batch", "--cancel", "--status", "--flush", "--delete", "refund", "topup", "charge", "void"] {
      #expect(steps.contains { $0.arguments.contains(word) }, "no \(word)")
    }
    #expect(steps.contains { !$0.input.isEmpty } && steps.contains { $0.killedAfter == nil } && steps.contains { $0.killedAfter != nil })
    func shared(_ worker: Int) -> Set<String> {
      Set(self.steps(seed: 1, worker: worker).compactMap(\.purpose.tag).filter { $0.hasPrefix("all-") })
    }
    #expect(shared(0).intersection(shared(1)).count > 10)
  }

  /// The accounts of an external gateway are not the ledger's.
  @Test func noMoneyIsMovedBesideAGateway() {
    #expect(steps(seed: 1, movesMoney: false).allSatisfy { $0.purpose.key == nil })
  }
}
