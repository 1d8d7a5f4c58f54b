import Ledger
import LedgerFixtures
import SharedKernel
import Testing

/// Payments at a gateway outside, as the book records them.
@Suite struct ExternalRulesTests {
  private let desk: Desk
  private let bank: GatewayName
  init() throws { (desk, bank) = (try Desk(), try #require(GatewayName("bank"))) }

  private func request(_ key: String = "a", _ units: Int64 = 3, isPlain: Bool = false) throws -> LedgerRequest {
    let (account, amount) = (try #require(Name("alice")), try #require(Amount(units: units)))
    let plain = Fingerprint.plain(.charge, account, amount, memo: "")
    return LedgerRequest(
      id: desk.id(key), account: account, amount: amount, fingerprint: isPlain ? plain : Fingerprint(of: [Array("\(units)".utf8)]))
  }

  private func asked(_ key: String = "a", salt: UInt8 = 7) throws -> Payment {
    guard case .ask(let payment) = try desk.ledger.intend(request(key), at: bank, salt: self.salt(salt)) else { throw Unexpected() }
    return payment
  }

  private struct Unexpected: Error {}

  private func salt(_ byte: UInt8 = 7) -> KeySalt { KeySalt(random: [UInt8](repeating: byte, count: KeySalt.size)) }

  private func clearing() throws -> Balance? { try desk.book.balance(of: .gateway(bank)) }
  private func faults() -> [String] {
    var audit = BookAudit(isComplete: true)
    return desk.book.entries.flatMap { audit.check($0) }
  }

  /// Breaks when an intent moves money, a charge moves none, or a prepaid account is touched.
  @Test func aChargeMovesMoneyOnceItIsMade() throws {
    let payment = try asked()
    #expect(try clearing() == 0)
    #expect(try desk.ledger.conclude(payment, .charged(reference: "R")).state == .charged)
    #expect(try clearing() == -3)
    #expect(try desk.balance() == nil, "no prepaid account")
    #expect(desk.book.kinds == [.pending, .posted] && faults() == [])
    #expect(try desk.ledger.payment(of: desk.id("a"))?.external?.reference == "R")
  }

  /// Breaks when an intent is recorded twice, or a second request takes the id.
  @Test func anIntentIsRecordedOnce() throws {
    let payment = try asked()
    #expect(try desk.ledger.intend(request(), at: bank, salt: salt()) == .open(try #require(try desk.ledger.payment(of: payment.id))))
    guard case .conflict = try desk.ledger.intend(request("a", 4), at: bank, salt: salt()) else { throw Unexpected() }
    #expect(desk.book.kinds == [.pending])
    _ = try desk.ledger.conclude(payment, .charged(reference: "R"))
    guard case .already = try desk.ledger.intend(request(), at: bank, salt: salt()) else { throw Unexpected() }
    #expect(desk.book.kinds == [.pending, .posted])
  }

  /// Breaks when the key of a declined or voided payment is used again.
  @Test func everyNewTryHasItsOwnKey() throws {
    var payment = try asked()
    #expect(payment.external?.key(of: payment.id) == "\(payment.id)-\(salt())")
    _ = try desk.ledger.conclude(payment, .notCharged)
    payment = try asked(salt: 8)
    #expect(payment.external?.key(of: payment.id) == "\(payment.id)-\(salt(8))-2")
    _ = try desk.ledger.void(payment.id)
    _ = try desk.ledger.confirmReversal(payment)
    #expect(try asked().external?.key(of: payment.id) == "\(payment.id)-\(salt())-3")
    #expect(faults() == [])
  }

  /// Breaks when what follows an intent is asked for under another key than the intent, whoever goes on with it.
  @Test func aPaymentKeepsItsKey() throws {
    let payment = try asked()
    let key = payment.external?.key(of: payment.id)
    guard case .open(let open) = try desk.ledger.intend(request(), at: bank, salt: salt(9)) else { throw Unexpected() }
    _ = try desk.ledger.conclude(open, .charged(reference: "R"))
    guard case .requested(let reversing) = try desk.ledger.refund(desk.id("a")) else { throw Unexpected() }
    _ = try desk.ledger.confirmReversal(reversing, byHand: true)
    #expect(key?.utf8.count == 39 && Set(desk.book.entries.map { Payment($0)?.external?.key(of: payment.id) }) == [key])
  }

  /// Breaks when what costs nothing is to be asked for, or is not recorded like any payment.
  @Test func nothingIsNotAskedFor() throws {
    guard case .already(let payment) = try desk.ledger.intend(request("a", 0), at: bank, salt: salt()) else { throw Unexpected() }
    #expect(payment.state == .charged && payment.isFree && desk.book.kinds == [.pending, .posted])
    guard case .already = try desk.ledger.intend(request("a", 0), at: bank, salt: salt(8)) else { throw Unexpected() }
    guard case .conflict = try desk.ledger.intend(request("a", 3), at: bank, salt: salt(8)) else { throw Unexpected() }
    guard case .requested(let reversing) = try desk.ledger.void(desk.id("a")) else { throw Unexpected() }
    #expect(try reversing.isFree && desk.ledger.confirmReversal(reversing).state == .voided)
    guard case .already(let again) = try desk.ledger.intend(request("a", 0), at: bank, salt: salt(8)) else { throw Unexpected() }
    #expect(again.external?.generation == 2 && desk.book.kinds.count == 6)
    #expect(try clearing() == 0 && faults() == [])
  }

  /// Breaks when a salt is not what it was read from, or something that the key would not be compared with is read as one.
  @Test func aSaltIsReadBack() {
    #expect(KeySalt("\(salt(255))") == salt(255) && salt(255) != salt(254) && "\(salt(0))" == "000000000000")
    for text in ["", "00000000000", "0000000000000", "abcdefghjkmn", "ILOUILOUILOU", "00000000000-"] {
      #expect(KeySalt(text) == nil, "\(text)")
    }
  }

  /// Breaks when a late "charged" undoes the decision to give back, or what was never charged is given back in money.
  @Test func aReversalStands() throws {
    let payment = try asked()
    guard case .requested(let reversing) = try desk.ledger.void(payment.id) else { throw Unexpected() }
    #expect(try desk.ledger.conclude(payment, .charged(reference: "late")).state == .reversing)
    guard case .requested = try desk.ledger.void(payment.id) else { throw Unexpected() }
    #expect(try desk.ledger.confirmReversal(reversing).state == .voided)
    #expect(try desk.ledger.confirmReversal(reversing).state == .voided, "a second time")
    #expect(desk.book.kinds == [.pending, .reversal, .void])
    #expect(try clearing() == 0 && faults() == [])
  }

  /// Breaks when a charge that is given back leaves its money, or a refunded id can be charged again.
  @Test func aRefundTakesTheMoneyBack() throws {
    _ = try desk.ledger.conclude(try asked(), .charged(reference: "R"))
    guard case .requested(let payment) = try desk.ledger.refund(desk.id("a")) else { throw Unexpected() }
    #expect(try clearing() == -3)
    #expect(try desk.ledger.confirmReversal(payment).state == .refunded)
    #expect(try clearing() == 0)
    guard case .already = try desk.ledger.intend(request(), at: bank, salt: salt()) else { throw Unexpected() }
    guard case .already = try desk.ledger.refund(desk.id("a")) else { throw Unexpected() }
    #expect(desk.book.kinds == [.pending, .posted, .reversal, .refund] && faults() == [])
  }

  /// Breaks when a message's payment at a gateway can be voided as if it were nobody's.
  @Test func byHandNothingOfAGatewayIsVoided() throws {
    let alice = try #require(Name("alice"))
    _ = try desk.ledger.conclude(try asked(), .charged(reference: "R"))
    #expect(throws: Failure.self) { try desk.ledger.voidFinally(desk.id("a"), account: alice, reference: "") }
    #expect(desk.book.kinds == [.pending, .posted])
  }

  /// Breaks when the audit overlooks a record that cannot be there.
  @Test(arguments: 0..<4) func aMissingRecordIsFound(index: Int) throws {
    _ = try desk.ledger.conclude(try asked(), .charged(reference: "R"))
    guard case .requested(let payment) = try desk.ledger.void(desk.id("a")) else { throw Unexpected() }
    _ = try desk.ledger.confirmReversal(payment)
    var entries = desk.book.entries
    entries.insert(entries[index], at: index)
    var audit = BookAudit(isComplete: true)
    let doubled = entries.flatMap { audit.check($0) }
    #expect(!doubled.isEmpty)
    entries.removeSubrange(index...index + 1)
    audit = BookAudit(isComplete: true)
    let missing = entries.flatMap { audit.check($0) }
    #expect(missing.isEmpty == (index == 3), "a book may end anywhere")
  }

  /// A bank's keys are final. Breaks when a call that comes late charges what was declined or given up before.
  @Test func finalKeysStayAsTheyAre() throws {
    let alice = try #require(Name("alice"))
    #expect(try desk.ledger.chargeFinally(request("big", 101, isPlain: true)) == .declined(balance: 100))
    _ = try desk.topUp("t", 50)
    guard case .spent = try desk.ledger.chargeFinally(request("big", 101, isPlain: true)) else { throw Unexpected() }
    #expect(try desk.ledger.voidFinally(request("early", isPlain: true)) == .over(.unknown))
    guard case .conflict = try desk.ledger.voidFinally(request("early", 4, isPlain: true)) else { throw Unexpected() }
    guard case .conflict = try desk.ledger.chargeFinally(request("early", 4, isPlain: true)) else { throw Unexpected() }
    guard case .spent = try desk.ledger.chargeFinally(request("early", isPlain: true)) else { throw Unexpected() }
    #expect(try desk.ledger.voidFinally(desk.id("early"), account: alice, reference: "early") == .unknown, "as the first time")
    for isPlain in [true, false] {
      guard case .spent = try desk.ledger.charge(request("early", isPlain: isPlain)) else { throw Unexpected() }
    }
    #expect(try desk.ledger.chargeFinally(request("once", isPlain: true)) == .charged(balance: 147))
    guard case .already = try desk.ledger.chargeFinally(request("once", isPlain: true)) else { throw Unexpected() }
    guard case .conflict = try desk.ledger.voidFinally(request("once", 4, isPlain: true)) else { throw Unexpected() }
    guard case .over(.reversed) = try desk.ledger.voidFinally(request("once", isPlain: true)) else { throw Unexpected() }
    guard case .over(.already) = try desk.ledger.voidFinally(request("once", isPlain: true)) else { throw Unexpected() }
    guard case .spent = try desk.ledger.chargeFinally(request("once", isPlain: true)) else { throw Unexpected() }
    #expect(try desk.balance() == 150 && faults() == [])
  }
}
