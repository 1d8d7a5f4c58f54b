import Ledger
import SharedKernel
import TestSupport
import Testing

@testable import LedgerStore

/// What a caller of the ledger gets, on a real disk.
@Suite struct TransactionTests {
  /// Breaks when a charge is not found again by another process, or is made twice.
  @Test func aChargeIsFoundAndNotRepeated() throws {
    let book = TestBook()
    #expect(try book.charge("one", 30) == .charged(balance: 70))
    guard case .already(let payment) = try book.charge("one", 30) else {
      Issue.record("charged twice")
      return
    }
    #expect(payment.balance == 70 && payment.state == .charged && payment.reference == "one")
    #expect(try book.ledger().payment(of: book.id("one"))?.amount.units == 30)
    #expect(try book.ledger().payment(of: book.id("two")) == nil)
    #expect(try book.ledger(.reading).balance(of: #require(Name("alice"))) == 70)
    #expect(try book.charge("big", 71) == .declined(balance: 70))
  }

  /// Breaks when a reader makes anything, or cannot say "nothing" where there is no ledger.
  @Test func aReaderOfNoLedgerMakesNone() throws {
    let book = TestBook()
    #expect(try book.ledger(.reading).balance(of: #require(Name("alice"))) == nil)
    #expect(book.folder.names(in: ".").isEmpty)
  }

  /// The lock can be lost while it is held: the file system took this host for dead, and another one has appended. Breaks when that record
  /// is overwritten.
  @Test func whatAnotherHostHasAppendedIsNotOverwritten() throws {
    let book = TestBook()
    try book.charge("first")
    let before = try book.bytes()
    try book.charge("second")
    let after = try book.bytes()
    try book.overwrite(before)
    try book.restart()
    let alice = Account.prepaid(try #require(Name("alice")))
    let one = try #require(Amount(units: 1))
    let failure = try #require(throws: Failure.self) {
      try book.file(isShared: true).record { view throws(Failure) in
        do { try book.overwrite(after) } catch { throw Failure(.internalError, "\(error)") }
        return [Posting(.charge, id: book.id("third"), debit: alice, credit: .income, amount: one, balance: Balance(units: 98))]
      }
    }
    #expect(failure.kind == .temporary)
    #expect(try book.bytes() == after)
    try book.charge("third")
    #expect(try book.faults().isEmpty)
    #expect(try book.balance() == 97)
  }
}
