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
}
