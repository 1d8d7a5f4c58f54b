import Ledger
import LedgerFixtures
import MessageFormat
import PaymentRouting
import Sending
import SharedKernel
import Testing

/// Payments from the prepaid accounts.
@Suite struct PrepaidPaymentTests {
  private let desk: PaymentDesk

  init() throws { desk = try PaymentDesk() }

  @Test func aChargeIsKnownWithItsMessageAndBalance() throws {
    let payments = try desk.payments(at: nil)
    let envelope = try PaymentDesk.envelope("k")
    #expect(try payments.charge(envelope) == .paid(balance: 90))
    #expect(
      try payments.state(of: envelope.id) == .paid(fingerprint: envelope.fingerprint, balance: 90, accepted: envelope.date))
    #expect(try payments.charge(envelope) == .paid(balance: 90), "charged once")
  }

  @Test func wantOfCreditIsNotFinal() throws {
    let payments = try desk.payments(at: nil)
    let dear = try PaymentDesk.envelope("dear", price: 101)
    guard case .declined(let why, isFinal: false) = try payments.charge(dear) else {
      Issue.record("it was charged")
      return
    }
    #expect(why.kind == .notPermitted)
    #expect(try payments.preflight(dear) == .credit(why), "known beforehand, in the same words")
    #expect(try payments.state(of: dear.id) == .unpaid)
    #expect(try payments.preflight(PaymentDesk.envelope("cheap", price: 100)) == nil)
  }

  @Test func severalAreChargedEachForItself() throws {
    let payments = try desk.payments(at: nil)
    let envelopes = try [("a", 60), ("b", 60), ("c", 40)].map { try PaymentDesk.envelope($0.0, price: $0.1) }
    let outcomes = try payments.charge(envelopes).map { try $0.get() }
    #expect(outcomes[0] == .paid(balance: 40) && outcomes[2] == .paid(balance: 0))
    guard case .declined = outcomes[1] else {
      Issue.record("120 of 100 were charged")
      return
    }
  }

  @Test func aReversalFreesTheIDAndIsHarmlessWhenRepeated() throws {
    let payments = try desk.payments(at: nil)
    let envelope = try PaymentDesk.envelope("k")
    _ = try payments.charge(envelope)
    for _ in 0..<2 { try payments.reverse(envelope.id) }
    try payments.reverse(PaymentDesk.id("never charged"))
    #expect(try payments.state(of: envelope.id) == .unpaid)
    #expect(try payments.charge(envelope) == .paid(balance: 90))
  }

  /// An id stands for one message: another one under it is refused, and nothing is charged.
  @Test func anIDOfAnotherPaymentIsRefused() throws {
    let payments = try desk.payments(at: nil)
    _ = try payments.charge(PaymentDesk.envelope("k"))
    let failure = try #require(throws: Failure.self) { try payments.charge(PaymentDesk.envelope("k", price: 11)) }
    #expect(failure.kind == .badData && desk.book.kinds == [.opening, .charge])
  }

  @Test func aRefundedIDStaysTaken() throws {
    let payments = try desk.payments(at: nil)
    let envelope = try PaymentDesk.envelope("k")
    _ = try payments.charge(envelope)
    _ = try payments.refund(envelope.id)
    #expect(try payments.state(of: envelope.id) == .refunded(fingerprint: envelope.fingerprint))
    #expect(desk.refunds.open.isEmpty)
  }
}
