import Gateways
import Ledger
import LedgerFixtures
import PaymentRouting
import Sending
import SharedKernel
import Testing

/// What is given back by a gateway outside.
@Suite struct GatewayReversalTests {
  private let desk: PaymentDesk

  init() throws { desk = try PaymentDesk() }

  private var bank: ScriptedGateway { desk.bank }

  /// A message that was asked for, with that answer.
  private func charged(_ answer: GatewayAnswer) throws {
    bank.results = [.answered(answer)]
    _ = try desk.payments(at: bank).charge(PaymentDesk.envelope("k"))
  }

  private func reverse() throws { try desk.payments(at: bank).reverse(PaymentDesk.id("k")) }

  private func state() throws -> PaymentState { try desk.payments(at: bank).state(of: PaymentDesk.id("k")) }

  private static let answers: [GatewayAnswer] = [.done(reference: "r"), .doubtful("timed out")]

  /// A charge whose answer is not known is given back too: it may have been made.
  @Test(arguments: answers) func aReversalIsRecordedBeforeItsCallAndAfterItsAnswer(answer: GatewayAnswer) throws {
    try charged(answer)
    bank.results = [.answered(.done(reference: ""))]
    try reverse()
    #expect(desk.book.kinds.suffix(2) == [.reversal, .void] && bank.verbs == [.charge, .void])
    #expect(try state() == .unpaid)
    try reverse()
    #expect(bank.verbs == [.charge, .void], "repeating it is harmless")
  }

  private static let refusals: [GatewayCallResult] = [
    .answered(.declined("no")), .answered(.notAsked("busy")), .answered(.undecided("")), .answered(.doubtful("")),
    .notMade(Failure(.temporary, "circuit open")),
  ]

  /// Breaks when anything but a confirmation ends a reversal: the money would be lost.
  @Test(arguments: refusals) func aReversalIsAskedForUntilItIsConfirmed(refusal: GatewayCallResult) throws {
    try charged(.done(reference: "r"))
    bank.results = [refusal, .answered(.done(reference: ""))]
    #expect(try #require(throws: Failure.self) { try reverse() }.kind == .temporary)
    guard case .pending = try state() else {
      Issue.record("it is not open any more")
      return
    }
    try reverse()
    #expect(try state() == .unpaid)
  }

  /// The key of a payment that is given back is never charged again: a delayed call cannot bring it back.
  @Test func theNextAttemptTakesAnotherKey() throws {
    try charged(.doubtful("timed out"))
    bank.results = [.answered(.done(reference: "")), .answered(.done(reference: "r2"))]
    try reverse()
    #expect(try desk.payments(at: bank).charge(PaymentDesk.envelope("k")) == .paid(balance: nil))
    #expect(bank.calls[0].key == bank.calls[1].key && bank.calls[2].key != bank.calls[0].key)
  }

  /// A charge of an id whose reversal is open has it confirmed first.
  @Test func aChargeConfirmsAnOpenReversalOnItsWay() throws {
    try charged(.done(reference: "r"))
    bank.results = [.answered(.doubtful(""))]
    #expect(throws: Failure.self) { try reverse() }
    bank.results = [.answered(.done(reference: "")), .answered(.done(reference: "r2"))]
    #expect(try desk.payments(at: bank).charge(PaymentDesk.envelope("k")) == .paid(balance: nil))
    #expect(bank.verbs == [.charge, .void, .void, .charge])
  }

  /// A refund that its gateway did not confirm is asked for by a later command, and found by its mark.
  @Test func anUnconfirmedRefundIsFinishedByRecovery() throws {
    try charged(.done(reference: "r"))
    bank.results = [.answered(.doubtful("timed out"))]
    #expect(throws: Failure.self) { try desk.payments(at: bank).refund(PaymentDesk.id("k")) }
    #expect(desk.refunds.open == [PaymentDesk.id("k")])
    guard case .refunded = try state() else {
      Issue.record("a refund that is decided does not free its id")
      return
    }
    bank.results = [.answered(.notAsked("busy")), .answered(.done(reference: ""))]
    #expect(try desk.payments(at: nil).recover(limit: 10, while: { true }).count == 1)
    #expect(desk.refunds.open.count == 1)
    #expect(try desk.payments(at: nil).recover(limit: 10, while: { true }).isEmpty)
    #expect(desk.refunds.open.isEmpty && desk.book.kinds.last == .refund)
  }
}
