import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

@Suite struct RepairTests {
  /// Breaks when a damaged record takes more with it than itself, or a balance that was shown changes.
  @Test(arguments: 0..<8) func oneDamagedRecord(record: Int) throws {
    let book = TestBook()
    for number in 0..<3 { try book.charge("k\(number)", 10) }
    _ = try book.ledger().void(book.id("k2"))
    for number in 3..<5 { try book.charge("k\(number)", 10) }
    let balance = try book.balance()
    var damaged = try book.bytes()
    damaged[record * Record.length + 300] ^= 1
    try book.overwrite(damaged)
    try book.restart()
    #expect(try book.refusal().kind == .badData)
    let repairs = try book.file().repair()
    #expect(repairs.count == 1 && repairs.first?.lostRecords == 1 && repairs.first?.keptRecords == 7)
    #expect(book.folder.names(in: "bad").count == 1)
    #expect(try Directory(opening: book.folder.path).contents(of: try #require(repairs.first).old) == damaged)
    if record < 7 {
      #expect(try book.balance() == balance, "the records behind it say what the account had")
    }
    // A void whose charge is lost stays a fault that only a person can judge: everything else is whole.
    #expect(try book.faults().filter { !$0.contains("without a charge") }.isEmpty)
    #expect(try book.charge("new", 1) != .declined(balance: 0))
  }

  /// Breaks when damage in an older segment cannot be mended, or the later ones no longer fit it.
  @Test func damageInAnOlderSegment() throws {
    var book = TestBook()
    book.segmentSize = 4096
    for number in 0..<30 { try book.charge("k\(number)", 1, account: number % 2 == 0 ? "alice" : "bob") }
    var damaged = try book.bytes(2)
    damaged[6 * Record.length + 300] ^= 1
    try book.overwrite(damaged, segment: 2)
    #expect(try !book.faults().isEmpty)
    let repairs = try book.file().repair()
    #expect(repairs.map(\.file) == book.folder.names(in: "pay/ledger").dropFirst().map { "pay/ledger/\($0)" })
    #expect(repairs.map(\.lostRecords).reduce(0, +) == 1)
    #expect(repairs.map(\.corrections).reduce(0, +) == 1)
    #expect(try book.faults().isEmpty)
    #expect(try book.balance("alice") == 85)
    #expect(try book.balance("bob") == 85)
    #expect(try book.charge("more", 1) == .charged(balance: 84))
  }

  /// Breaks when a sound book is written anew.
  @Test func aSoundBookIsLeftAlone() throws {
    let book = TestBook()
    #expect(try book.file().repair().isEmpty)
    try book.charge("one", 1)
    let whole = try book.bytes()
    #expect(try book.file().repair().isEmpty)
    #expect(try book.bytes() == whole)
  }

  /// Breaks when a poisoned segment takes a charge, a reader is kept from looking, or a repair does not end it (invariant 9).
  @Test func aPoisonedSegmentRefusesUntilRepaired() throws {
    let book = TestBook()
    try book.charge("one", 1)
    try book.folder.write(LedgerPaths.poison(1), "")
    let refusal = try book.refusal()
    #expect(refusal.kind == .inputOutput && refusal.remedy?.contains("msg-pay repair") == true)
    #expect(throws: Failure.self) { try book.ledger().payment(of: book.id("one")) }
    #expect(try book.balance() == 99)
    #expect(try book.faults().count == 1)
    #expect(try book.file().repair().map(\.lostRecords) == [0])
    #expect(try book.faults().isEmpty)
    #expect(try book.charge("two", 1) == .charged(balance: 98))
  }
}
