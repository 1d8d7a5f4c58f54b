import Ledger
import SharedKernel
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
      #expect(try book.balance() == (kept == 2 ? 100 : 70), "a reader overlooks what is incomplete")
      #expect(try book.charge("three", 1) == .charged(balance: kept == 2 ? 99 : 69))
      #expect(try book.bytes().count == (kept + 1) * Record.length)
    }
    let short = (2 * Record.length..<whole.count).filter { $0 % Record.length != 0 }.count
    #expect(book.folder.names(in: "bad").count == short, "what was cut is kept")
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
