import Gateways
import Ledger
import LedgerFixtures
import PaymentRouting
import Sending
import SharedKernel
import Testing

/// Charges at a gateway outside, answer by answer.
@Suite struct GatewayPaymentTests {
  private let desk: PaymentDesk

  init() throws { desk = try PaymentDesk() }

  private var bank: ScriptedGateway { desk.bank }

  private func charge(_ key: String = "k") throws -> ChargeOutcome {
    try desk.payments(at: bank).charge(PaymentDesk.envelope(key))
  }

  private func state(_ key: String = "k") throws -> PaymentState { try desk.payments(at: bank).state(of: PaymentDesk.id(key)) }

  @Test func anApprovedChargeIsRecordedBeforeAndAfterTheCall() throws {
    bank.results = [.answered(.done(reference: "r1"))]
    #expect(try charge() == .paid(balance: nil))
    #expect(desk.book.kinds == [.pending, .posted])
    #expect(bank.forgotten == bank.calls.map(\.key), "what the call left is cleared up")
    #expect(try charge() == .paid(balance: nil))
    #expect(bank.verbs == [.charge] && bank.permitsGivenBack == 1, "a repeat asks nobody")
  }

  /// A late call under a key that was declined can never charge what is asked for anew.
  @Test func aDeclinedKeyIsNeverUsedAgain() throws {
    bank.results = [.answered(.declined("no")), .answered(.done(reference: "r"))]
    guard case .declined(let why, isFinal: true) = try charge() else {
      Issue.record("it was charged")
      return
    }
    #expect(why.kind == .notPermitted)
    #expect(try state() == .unpaid)
    #expect(try charge() == .paid(balance: nil))
    #expect(Set(bank.calls.map(\.key)).count == 2)
  }

  /// What certainly was not asked for is over: `temporary` or `unavailable` says that nothing was charged.
  @Test(arguments: [GatewayCallResult.answered(.notAsked("busy")), .notMade(Failure(.unavailable, "no such command"))])
  func whatWasNotAskedForIsNotCharged(result: GatewayCallResult) throws {
    bank.results = [result]
    let failure = try #require(throws: Failure.self) { try charge() }
    #expect(failure.kind == .temporary || failure.kind == .unavailable)
    #expect(try state() == .unpaid)
  }

  @Test func withoutAPermitNothingIsRecorded() throws {
    bank.refusal = Failure(.temporary, "circuit open")
    #expect(throws: Failure.self) { try charge() }
    #expect(desk.book.kinds.isEmpty && bank.calls.isEmpty)
  }

  private static let open: [GatewayAnswer] = [.undecided("later"), .doubtful("timed out")]

  /// Breaks when a time-out counts as a refusal.
  @Test(arguments: open) func anAnswerThatSaysNothingLeavesThePaymentPending(answer: GatewayAnswer) throws {
    bank.results = [.answered(answer), .answered(.done(reference: "r"))]
    guard case .pending = try charge() else {
      Issue.record("it was taken for an answer")
      return
    }
    guard case .pending = try state() else {
      Issue.record("the question is not open any more")
      return
    }
    #expect(try charge() == .paid(balance: nil))
    #expect(bank.verbs == [.charge, .status] && Set(bank.calls.map(\.key)).count == 1)
  }

  /// Where the gateway never heard of it the charge is asked for again, under the same key: it may still be on its way.
  @Test func anUnknownChargeIsAskedForAgainUnderItsKey() throws {
    bank.results = [.answered(.doubtful("")), .answered(.notAsked("unknown key")), .answered(.done(reference: "r"))]
    _ = try charge()
    #expect(try charge() == .paid(balance: nil))
    #expect(bank.verbs == [.charge, .status, .charge] && Set(bank.calls.map(\.key)).count == 1)
  }

  @Test func anAnswerThatOutlivedItsCallerIsUsedWithoutACall() throws {
    bank.results = [.answered(.doubtful("killed"))]
    _ = try charge()
    bank.left[bank.calls[0]] = .done(reference: "r")
    #expect(try charge() == .paid(balance: nil))
    #expect(bank.verbs == [.charge])
  }

  @Test func whatCostsNothingIsAskedForNowhere() throws {
    bank.refusal = Failure(.temporary, "circuit open")
    #expect(try desk.payments(at: bank).charge(PaymentDesk.envelope("free", price: 0)) == .paid(balance: nil))
    #expect(bank.calls.isEmpty)
  }

  /// Breaks when an open payment follows the configuration.
  @Test func anOpenPaymentStaysWithTheGatewayThatWasAsked() throws {
    bank.results = [.answered(.doubtful("")), .answered(.done(reference: "r"))]
    _ = try charge()
    for payments in [try desk.payments(at: desk.other), try desk.payments(at: nil)] {
      #expect(try payments.charge(PaymentDesk.envelope("k")) == .paid(balance: nil))
    }
    #expect(bank.verbs == [.charge, .status] && desk.other.calls.isEmpty)
  }

  @Test func availabilityIsTheActiveGateways() throws {
    let why = Failure(.temporary, "circuit open")
    bank.state = .out(why)
    #expect(try desk.payments(at: bank).availability() == .out(why))
    #expect(try desk.payments(at: desk.other).availability() == .usable)
    #expect(try desk.payments(at: nil).availability() == .usable)
  }
}
