import Ledger
import LedgerFixtures
import SharedKernel
import Testing

@Suite struct LedgerRulesTests {
  /// Breaks when an account does not open with the opening credit, or opens twice.
  @Test func theFirstChargeOpensTheAccount() throws {
    let desk = try Desk()
    #expect(try desk.charge("a", 30) == .charged(balance: 70))
    #expect(try desk.charge("b", 30) == .charged(balance: 40))
    #expect(desk.book.kinds == [.opening, .charge, .charge])
  }

  /// Breaks when a charge takes a balance below zero, or one that just fits is declined (invariant 7).
  @Test func aBalanceNeverFallsBelowZero() throws {
    let desk = try Desk()
    #expect(try desk.charge("a", 101) == .declined(balance: 100))
    #expect(desk.book.kinds == [.opening])
    #expect(try desk.charge("a", 100) == .charged(balance: 0))
    #expect(try desk.charge("b", 1) == .declined(balance: 0))
    #expect(try desk.charge("c", 0) == .charged(balance: 0), "a price of 0 is always paid, and recorded")
    #expect(desk.book.entries.last?.posting.amount == .zero)
  }

  /// Breaks when a repeated request is charged again, or its first answer is forgotten (invariant 2).
  @Test func theSameRequestIsChargedOnce() throws {
    let desk = try Desk()
    _ = try desk.charge("a", 30)
    _ = try desk.charge("b", 30)
    guard case .already(let payment) = try desk.charge("a", 30) else {
      Issue.record("charged twice")
      return
    }
    #expect(payment.balance == 70, "as it was answered the first time")
    #expect(try desk.balance() == 40)
  }

  /// Breaks when another request can take a known id.
  @Test func anotherRequestWithTheSameIdIsAConflict() throws {
    let desk = try Desk()
    _ = try desk.charge("a", 30)
    guard case .conflict = try desk.charge("a", 31) else {
      Issue.record("no conflict")
      return
    }
    guard case .conflict = try desk.topUp("a", 30) else {
      Issue.record("a top-up took the id of a charge")
      return
    }
    _ = try desk.topUp("t", 5)
    guard case .conflict = try desk.charge("t", 5) else {
      Issue.record("a charge took the id of a top-up")
      return
    }
  }

  /// Breaks when a void gives back twice, or keeps the id from being charged again.
  @Test func aVoidedIdIsFree() throws {
    let desk = try Desk()
    _ = try desk.charge("a", 30)
    guard case .reversed(let payment) = try desk.ledger.void(desk.id("a")), case .already = try desk.ledger.void(desk.id("a")) else {
      Issue.record("not voided once")
      return
    }
    #expect(payment.balance == 100 && payment.state == .voided)
    #expect(try desk.balance() == 100)
    #expect(try desk.charge("a", 40, content: "other") == .charged(balance: 60))
    #expect(try desk.ledger.payment(of: desk.id("a"))?.state == .charged)
  }

  /// Breaks when voiding what was never charged fails or records something.
  @Test func voidingNothingIsHarmless() throws {
    let desk = try Desk()
    #expect(try desk.ledger.void(desk.id("a")) == .unknown)
    #expect(desk.book.entries.isEmpty)
  }

  /// Breaks when a refund is given twice, or frees the id.
  @Test func aRefundIsGivenOnce() throws {
    let desk = try Desk()
    _ = try desk.charge("a", 30)
    guard case .reversed = try desk.ledger.refund(desk.id("a")), case .already = try desk.ledger.refund(desk.id("a")) else {
      Issue.record("not refunded once")
      return
    }
    #expect(try desk.balance() == 100)
    guard case .already(let payment) = try desk.charge("a", 30), payment.state == .refunded else {
      Issue.record("a refunded id was charged again")
      return
    }
    guard case .already = try desk.ledger.void(desk.id("a")) else {
      Issue.record("a refunded charge was voided as well")
      return
    }
    #expect(try desk.balance() == 100)
  }

  /// Breaks when something that is no charge is refunded.
  @Test func onlyAChargeIsRefunded() throws {
    let desk = try Desk()
    #expect(try desk.ledger.refund(desk.id("a")) == .unknown)
    _ = try desk.topUp("t", 5)
    #expect(throws: Failure.self) { try desk.ledger.refund(desk.id("t")) }
    #expect(throws: Failure.self) { try desk.ledger.void(desk.id("t")) }
    _ = try desk.charge("v", 5)
    _ = try desk.ledger.void(desk.id("v"))
    #expect(throws: Failure.self) { try desk.ledger.refund(desk.id("v")) }
    #expect(try desk.balance() == 105)
  }

  /// Breaks when a top-up is credited twice, or overflows silently.
  @Test func aTopUpIsCreditedOnce() throws {
    let desk = try Desk()
    #expect(try desk.topUp("t", 50) == .recorded(balance: 150))
    guard case .already = try desk.topUp("t", 50) else {
      Issue.record("credited twice")
      return
    }
    #expect(throws: Failure.self) { try desk.topUp("huge", .max) }
    #expect(try desk.balance() == 150)
  }

  /// Breaks when any sequence of operations lets the balances and the postings disagree, or the audit cries wolf.
  @Test func randomOperationsKeepTheBook() throws {
    var random = SystemRandomNumberGenerator()
    let desk = try Desk()
    for _ in 0..<400 {
      let key = "k\(Int.random(in: 0..<40, using: &random))"
      switch Int.random(in: 0..<5, using: &random) {
      case 0: _ = try desk.charge(key, Int64.random(in: 0...40, using: &random), ["alice", "bob"].randomElement() ?? "bob")
      case 1: _ = try desk.topUp("t" + key, Int64.random(in: 1...40, using: &random))
      case 2: _ = try? desk.ledger.void(desk.id(key))
      case 3: _ = try? desk.ledger.refund(desk.id(key))
      default: _ = try desk.ledger.payment(of: desk.id(key))
      }
    }
    var audit = BookAudit(isComplete: true)
    for entry in desk.book.entries { #expect(audit.check(entry).isEmpty) }
    #expect(try desk.balance() ?? 0 >= 0)
  }
}
