import Ledger
import SharedKernel
import SpoolLayout
import TestSupport
import Testing

@testable import LedgerStore

/// What a crash in the middle of an append leaves, and what it never leaves.
@Suite struct TornTailTests {
  /// Head, opening, two charges.
  private func book() throws -> (TestBook, [UInt8]) {
    let book = TestBook()
    try book.charge("one", 30)
    try book.charge("two", 10)
    return (book, try book.bytes())
  }

  /// Breaks when an append that a crash cut short at any byte is not cut off, loses an earlier record, or is kept in part.
  @Test func everyTruncationOfTheLastRecordsIsCut() throws {
    let (book, whole) = try book()
    for size in (2 * Record.length)..<whole.count {
      try book.overwrite(Array(whole[..<size]))
      try book.restart()
      #expect(try book.faults().isEmpty, "\(size)")
      let kept = size / Record.length
      // Record 2, which opens the account, is of one append with the charge behind it.
      #expect(try book.balance() == (kept == 2 ? nil : 70), "a reader overlooks what is incomplete")
      #expect(try book.charge("three", 1) == .charged(balance: kept == 2 ? 99 : 69))
      #expect(try book.bytes().count == (kept + 1) * Record.length)
    }
    let cut = (2 * Record.length..<whole.count).filter { $0 % Record.length != 0 || $0 == 2 * Record.length }.count
    #expect(book.folder.names(in: "bad").count == cut, "what was cut is kept")
    #expect(try book.faults().isEmpty)
  }

  /// Breaks when zeros that a power cut left at the end are taken for records or for corruption.
  @Test(arguments: [1, 100, 512, 513, 1024, 4096]) func zerosAtTheEndAreCut(count: Int) throws {
    let (book, whole) = try book()
    try book.overwrite(whole + [UInt8](repeating: 0, count: count))
    #expect(try book.faults().isEmpty)
    #expect(try book.charge("three", 1) == .charged(balance: 59))
    #expect(try book.bytes().count == whole.count + Record.length)
  }

  /// Breaks when a record half of which is zeros is not cut.
  @Test func aRecordThatEndsInZerosIsCut() throws {
    let (book, whole) = try book()
    try book.restart()
    try book.overwrite(Array(whole.dropLast(200)) + [UInt8](repeating: 0, count: 200))
    #expect(try book.charge("three", 1) == .charged(balance: 69))
  }

  /// Breaks when a power cut that lost some sectors of an append of several records, whichever they are, stops the ledger, or leaves a
  /// part of the append: no answer was given for it.
  @Test(arguments: 1...7, [0, 300, 1024]) func anAppendThatLostSectorsIsCutWhole(lost: Int, zerosBehind: Int) throws {
    let (book, whole) = try book()
    let alice = Account.prepaid(try #require(Name("alice")))
    let one = try #require(Amount(units: 1))
    let postings = (1...3).map {
      Posting(.charge, id: book.id("part \($0)"), debit: alice, credit: .income, amount: one, balance: Balance(units: 60 - Int64($0)))
    }
    try book.file().record { _ in postings }
    var torn = try book.bytes() + [UInt8](repeating: 0, count: zerosBehind)
    for sector in 0..<3 where lost & 1 << sector != 0 {
      for index in 0..<Record.length { torn[whole.count + sector * Record.length + index] = 0 }
    }
    try book.restart()
    try book.overwrite(torn)
    #expect(try book.faults().isEmpty)
    #expect(try book.balance() == 60)
    #expect(try book.bytes() == torn, "a reader changes nothing")
    #expect(try book.file().repair().allSatisfy { $0.corrections == 0 }, "a repair books none of it")
    #expect(try book.balance() == 60)
    try book.overwrite(torn)
    try book.restart()
    #expect(try book.charge("three", 1) == .charged(balance: 59))
    #expect(try book.bytes().count == whole.count + Record.length)
    #expect(try book.faults().isEmpty)
  }

  /// Breaks when an append of several is taken for torn although all of it is there, or a record of another append stands in its place.
  @Test func aWholeAppendIsKept() throws {
    let book = TestBook()
    try book.charge("one", 30)
    let whole = try book.bytes()
    try book.restart()
    #expect(try book.balance() == 70)
    #expect(try book.charge("two", 10) == .charged(balance: 60))
    // Damage in it, without the zeros of a power cut, is no torn tail.
    var damaged = whole
    damaged[Record.length + 50] ^= 1
    try book.restart()
    try book.overwrite(damaged)
    #expect(try book.refusal().kind == .badData)
    #expect(try book.bytes() == damaged)
  }

  /// Breaks when a ledger of records that do not tell their place in an append cannot be read.
  @Test func recordsWithoutPlacesAreRead() throws {
    let book = TestBook()
    try book.charge("one", 30)
    let head = try #require(try Segment.open(1, in: SpoolRoot(opening: book.folder.path)))
    let entries = try (1...2).map { try #require(try head.record($0).entry) }
    #expect(try (1...2).map { try head.record($0).part } == [AppendPart(1, of: 2), AppendPart(2, of: 2)])
    var writer = RecordWriter(after: try head.record(0).link)
    for entry in entries { writer.add(.posting(entry.posting), at: entry.time) }
    try book.restart()
    try book.overwrite(Array(try book.bytes().prefix(Record.length)) + writer.bytes)
    #expect(try book.balance() == 70)
    #expect(try book.charge("two", 10) == .charged(balance: 60))
    #expect(try book.faults().isEmpty)
  }

  /// Breaks when a record that this boot saw whole is cut as if it had never been.
  @Test func whatThisBootSawWholeIsNotCut() throws {
    let (book, whole) = try book()
    for damaged in [Array(whole.dropLast(1)), Array(whole.dropLast(512)), Array(whole.dropLast(200)) + [UInt8](repeating: 0, count: 200)] {
      try book.overwrite(damaged)
      let refusal = try book.refusal()
      #expect(refusal.kind == .badData)
      #expect(refusal.message.hasPrefix("pay/ledger/00000001:record 4: "))
      #expect(refusal.remedy?.contains("msg-pay repair") == true)
      #expect(try book.bytes() == damaged, "nothing is touched")
      #expect(try !book.faults().isEmpty)
    }
  }

  /// Breaks when damage that something follows is cut.
  @Test func damageThatSomethingFollowsIsCorruption() throws {
    let (book, whole) = try book()
    var zeroed = whole
    for index in 512..<1024 { zeroed[index] = 0 }
    for damaged in [
      zeroed, whole + [UInt8](repeating: 0, count: 600) + [65], Array(whole.dropLast(10)) + [UInt8](repeating: 0, count: 9) + [10],
    ] {
      try book.restart()
      try book.overwrite(damaged)
      #expect(try book.refusal().kind == .badData)
      #expect(try book.bytes() == damaged)
      #expect(try !book.faults().isEmpty)
    }
  }

  /// Breaks when the head of a segment, which is written whole, may be cut: accounts would open a second time.
  @Test func theHeadIsNeverCut() throws {
    var book = TestBook()
    book.segmentSize = 4096
    for number in 0..<20 { try book.charge("k\(number)", 1) }
    let last = try #require(book.folder.names(in: "pay/ledger").last.flatMap { Int($0) })
    #expect(last > 1)
    let whole = try book.bytes(last)
    for records in [1, 2] {
      try book.restart()
      try book.overwrite(Array(whole[..<(records * Record.length)]), segment: last)
      #expect(try book.refusal().kind == .badData)
      try book.overwrite(Array(whole[..<(records * Record.length + 7)]), segment: last)
      #expect(try book.refusal().kind == .badData)
    }
  }
}
