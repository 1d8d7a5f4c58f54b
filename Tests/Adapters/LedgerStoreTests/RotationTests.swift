import SpoolLayout
import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

@Suite struct RotationTests {
  private func longBook() throws -> TestBook {
    var book = TestBook()
    book.segmentSize = 4096
    for number in 0..<30 { try book.charge("k\(number)", 1, account: number % 2 == 0 ? "alice" : "bob") }
    return book
  }

  /// Breaks when a new segment loses a balance, an id, or the chain.
  @Test func balancesAndIdsOutliveASegment() throws {
    let book = try longBook()
    #expect(book.folder.names(in: "pay/ledger").count >= 3)
    for _ in 0..<2 {
      #expect(try book.balance("alice") == 85)
      #expect(try book.balance("bob") == 85)
      guard case .already = try book.charge("k0", 1) else {
        Issue.record("an id of the first segment is forgotten")
        return
      }
      #expect(try book.faults().isEmpty)
      // The second time everything is read from the ledger.
      try book.restart()
    }
    var entries = 0
    try book.file(.reading).snapshot().forEach { if case .entry = $0 { entries += 1 } }
    #expect(entries == 32)
  }

  /// Breaks when a crash after the seal, before the next segment, stops the book or is taken for damage.
  @Test func aSealWithoutASuccessorIsFinished() throws {
    let book = try longBook()
    let root = try SpoolRoot(opening: book.folder.path)
    let last = try #require(try LedgerPaths.segments(in: root).last)
    // Back to the moment before the last segment was made.
    _ = try root.directory.remove(LedgerPaths.segment(last))
    for isRestarted in [false, true] {
      if isRestarted { try book.restart() }
      #expect(try book.balance("alice") != nil, "a reader reads the sealed one")
      #expect(try book.faults().isEmpty)
    }
    #expect(try book.charge("after", 0) != .declined(balance: 0))
    #expect(try LedgerPaths.segments(in: root).last == last)
    #expect(try book.faults().isEmpty)
  }

  /// A head without an account would give it its opening credit anew once the older segments are out of sight. Breaks when
  /// nobody notices.
  @Test func aHeadWithoutAnAccountIsAFault() throws {
    let book = try longBook()
    let root = try SpoolRoot(opening: book.folder.path)
    let last = try #require(try LedgerPaths.segments(in: root).last)
    _ = try root.directory.remove(LedgerPaths.segment(last))
    try book.restart()
    let balance = try book.balance("alice")
    let before = try #require(try Segment.open(last - 1, in: root))
    let link = try #require(try before.scan(from: 0, to: before.status.size / Record.length, after: nil) { _, _ in })
    try book.file().createSegment(last, after: link, BookState())
    try book.restart()
    #expect(try book.faults().map(\.description) == ["\(LedgerPaths.segment(last)):record 1: is a head without alice, bob"])
    #expect(try book.file().repair().count == 1)
    #expect(try book.faults().isEmpty && book.balance("alice") == balance)
  }

  /// Breaks when ids are forgotten before 35 days, or a rebuild reads segments that ended long ago.
  @Test func idsStayKnownFor35Days() throws {
    var book = TestBook()
    book.segmentSize = 4096
    let start = book.time
    for number in 0..<10 { try book.charge("old\(number)", 1) }
    book.time = start.adding(.seconds(34 * 86400))
    try book.restart()
    guard case .already = try book.charge("old0", 1) else {
      Issue.record("forgotten after 34 days")
      return
    }
    // The first segment ended at `start`, and the next is about what came later.
    book.time = start.adding(.seconds(36 * 86400))
    try book.restart()
    for number in 0..<10 { try book.charge("new\(number)", 1) }
    #expect(try book.ledger().payment(of: book.id("old0")) == nil)
    #expect(try book.faults().isEmpty, "an id that was forgotten may come again")
    #expect(try book.balance("alice") == 80, "what came before is in the head")
  }

  /// Breaks when a head that is longer than a segment may be makes a new segment for every charge.
  @Test func aSegmentIsTwiceAsLongAsItsHead() throws {
    var book = TestBook()
    book.segmentSize = 512
    for number in 0..<20 { try book.charge("k\(number)", 1, account: "user\(number % 10)") }
    #expect(book.folder.names(in: "pay/ledger").count < 6)
    #expect(try book.faults().isEmpty)
  }
}
