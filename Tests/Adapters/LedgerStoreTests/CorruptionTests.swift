import SpoolLayout
import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

/// Damage that no crash leaves: it is found, named, and nothing is built on it.
@Suite struct CorruptionTests {
  /// Breaks when a flipped bit in any byte of any record is not found by verify, or a writer goes on.
  @Test(arguments: 0..<4) func aFlippedBitIsFound(record: Int) throws {
    let book = TestBook()
    try book.charge("one", 30)
    try book.charge("two", 10)
    let whole = try book.bytes()
    for index in (record * Record.length)..<((record + 1) * Record.length) {
      var damaged = whole
      damaged[index] ^= 1 << (index % 8)
      try book.overwrite(damaged)
      try book.restart()
      let faults = try book.faults()
      #expect(faults.contains { $0.hasPrefix("pay/ledger/00000001:record \(record + 1): ") }, "byte \(index): \(faults)")
      let refusal = try book.refusal()
      #expect(refusal.kind == .badData && refusal.message.hasPrefix("pay/ledger/00000001:record \(record + 1): "))
      #expect(try book.bytes() == damaged, "nothing is touched")
    }
    try book.overwrite(whole)
    #expect(try book.faults().isEmpty)
  }

  /// Breaks when records are taken out or exchanged and every one of them is sound in itself.
  @Test func aMissingRecordIsFound() throws {
    let book = TestBook()
    for number in 0..<4 { try book.charge("k\(number)", 1) }
    let whole = try book.bytes()
    try book.overwrite(Array(whole[..<1024] + whole[1536...]))
    try book.restart()
    #expect(try book.faults().first == "pay/ledger/00000001:record 3: has number 4, expected 3")
    #expect(try book.refusal().kind == .badData)
  }

  /// Breaks when a whole segment can vanish from the middle of the book unnoticed.
  @Test func aMissingSegmentIsFound() throws {
    var book = TestBook()
    book.segmentSize = 4096
    for number in 0..<30 { try book.charge("k\(number)", 1) }
    #expect(book.folder.names(in: "pay/ledger").count >= 3)
    #expect(try book.faults().isEmpty)
    let root = try book.file().root.directory
    _ = try root.remove(LedgerPaths.segment(2))
    #expect(try book.faults().contains { $0.hasPrefix("pay/ledger/00000003: ") })
  }
}
