import Ledger
import LedgerFixtures
import SharedKernel
import Testing

@Suite struct BookAuditTests {
  private func audit(_ change: (inout [Posting]) throws -> Void) throws -> [String] {
    let desk = try Desk()
    _ = try desk.charge("a", 30)
    _ = try desk.topUp("t", 5)
    _ = try desk.ledger.void(desk.id("a"))
    var postings = desk.book.entries.map(\.posting)
    try change(&postings)
    var audit = BookAudit(isComplete: true)
    return postings.enumerated().flatMap { index, posting in
      audit.check(BookEntry(sequence: Int64(index + 1), time: desk.book.now, posting: posting))
    }
  }

  /// Breaks when a sound book has faults.
  @Test func aSoundBookHasNone() throws { #expect(try audit { _ in }.isEmpty) }

  /// Breaks when a posting that is missing, doubled or moved is overlooked.
  @Test(arguments: [0, 1, 2, 3]) func aMissingOrDoubledPostingIsFound(index: Int) throws {
    // The last one missing is no fault: a book may end anywhere.
    if index < 3 { #expect(try !audit { $0.remove(at: index) }.isEmpty) }
    #expect(try !audit { $0.insert($0[index], at: index) }.isEmpty)
  }

  /// Breaks when a balance that its postings do not make, or one below zero, is overlooked.
  @Test func aWrongBalanceIsFound() throws {
    let name = try #require(Name("eve"))
    let units = try #require(Amount(units: 5))
    let faults = try audit {
      $0.append(Posting(.opening, id: nil, debit: .opening, credit: .prepaid(name), amount: .zero, balance: 0))
      $0.append(Posting(.charge, id: nil, debit: .prepaid(name), credit: .income, amount: units, balance: -5))
    }
    #expect(faults == ["eve falls to -5"])
  }

  /// Breaks when money goes a way that its kind does not go.
  @Test func aStrangeWayIsFound() throws {
    let name = try #require(Name("eve"))
    let faults = try audit {
      $0.append(Posting(.opening, id: nil, debit: .cash, credit: .prepaid(name), amount: .zero, balance: 0))
    }
    #expect(faults.count == 1)
  }
}
