import SpoolLayout
import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

/// The index is a cache: whatever happens to it, the answers stay what the ledger says.
@Suite struct IndexTests {
  private func book() throws -> TestBook {
    let book = TestBook()
    for number in 0..<5 { try book.charge("k\(number)", 1) }
    return book
  }

  private func expectRight(_ book: TestBook, _ comment: Comment) throws {
    guard case .already = try book.charge("k1", 1) else {
      Issue.record("k1 was charged again: \(comment)")
      return
    }
    #expect(try book.balance() == 95, comment)
    #expect(try book.faults().isEmpty, comment)
  }

  private func overwriteIndex(_ book: TestBook, _ bytes: [UInt8]) throws {
    let file = try Directory(opening: book.folder.path).open(book.indexPath, .readWrite)
    try file.truncate(to: bytes.count)
    try file.write(all: bytes, at: 0)
  }

  private func index(_ book: TestBook) throws -> [UInt8] {
    try #require(try Directory(opening: book.folder.path).contents(of: book.indexPath))
  }

  /// Breaks when an index that is gone, cut, emptied or not ours gives an answer.
  @Test func aBadIndexIsBuiltAnew() throws {
    let book = try book()
    let sound = try index(book)
    let zeroBuckets = Array(sound[..<512]) + [UInt8](repeating: 0, count: sound.count - 512)
    for bad in [[], Array(sound.dropLast(1)), Array(sound.dropLast(512)), zeroBuckets, Array("not an index".utf8), sound + [0]] {
      try overwriteIndex(book, bad)
      try expectRight(book, "\(bad.count) bytes")
    }
    try book.restart()
    try expectRight(book, "gone")
    #expect(try index(book).count == sound.count)
  }

  /// Breaks when one flipped bit in the header or a bucket that is used makes a charge unknown.
  @Test func aFlippedBitInTheIndexIsNoticed() throws {
    let book = try book()
    let sound = try index(book)
    let used = (0..<sound.count / 512).filter { sound[($0 * 512 + 4)..<(($0 + 1) * 512)].contains { $0 != 0 } }
    for block in used {
      for index in stride(from: block * 512, to: block * 512 + (block == 0 ? 84 : 512), by: 7) {
        var bad = sound
        bad[index] ^= 1 << (index % 8)
        try overwriteIndex(book, bad)
        try expectRight(book, "byte \(index)")
      }
    }
  }

  /// Breaks when an index from before some charges (a process that was killed) hides them.
  @Test func anIndexThatIsBehindCatchesUp() throws {
    let book = try book()
    let old = try index(book)
    for number in 5..<9 { try book.charge("k\(number)", 1) }
    try overwriteIndex(book, old)
    guard case .already = try book.charge("k8", 1) else {
      Issue.record("a charge the index had not seen was made again")
      return
    }
    #expect(try book.balance() == 91)
  }

  /// Breaks when the index of another book, sound in itself, is believed.
  @Test func aForeignIndexIsNotBelieved() throws {
    let (book, other) = (try book(), TestBook())
    for number in 0..<5 { try other.charge("x\(number)", 1) }
    try overwriteIndex(book, try index(other))
    try expectRight(book, "another spool's")
  }

  /// Breaks when pointers to the wrong records, in an index that is sound in itself, are believed.
  @Test func aWrongPointerIsNoticed() throws {
    let book = try book()
    let root = try SpoolRoot(opening: book.folder.path)
    let bootID = try #require(bootIdentifier())
    let coverage = try IndexFile(opening: root, bootID: bootID, .readWrite).coverage
    let cache = try root.directory.directory("pay/cache/\(bootID)")
    let name = try #require(Name("alice"))
    let wrong: [IndexKey: Position] = [
      .payment(book.id("k1")): Position(segment: 1, record: 0), .account(.prepaid(name)): Position(segment: 7, record: 99),
    ]
    _ = try IndexFile(replacingIn: cache, of: root, IndexImage(wrong), coverage: coverage)
    try expectRight(book, "wrong pointers")
  }

  /// Breaks when a cache that cannot be made stops the book, or costs an answer.
  @Test func theBookWorksWithoutACache() throws {
    let book = TestBook()
    try book.folder.write("pay/cache", "a file in the way")
    for number in 0..<5 { try book.charge("k\(number)", 1) }
    try expectRight(book, "no cache")
  }

  /// Breaks when the caches of former boots pile up, or something is removed that is no cache or that another host uses now.
  @Test func formerCachesGo() throws {
    let book = TestBook()
    try book.folder.write("pay/cache/01234567-89ab-cdef-0123-456789abcdef/index", "old")
    _ = try run("touch", ["-d", "8 days ago", book.folder.file("pay/cache/01234567-89ab-cdef-0123-456789abcdef/index")])
    try book.folder.write("pay/cache/fedcba98-89ab-cdef-0123-456789abcdef/index", "another host's")
    try book.folder.write("pay/cache/mine/index", "not a boot id")
    try book.charge("one", 1)
    let kept = [try #require(bootIdentifier()), "fedcba98-89ab-cdef-0123-456789abcdef", "mine"]
    #expect(book.folder.names(in: "pay/cache") == kept.sorted())
  }

  /// Breaks when entries are lost while the table grows from bucket to bucket and from size to size.
  @Test func aTableKeepsEveryEntry() throws {
    let book = try book()
    let root = try SpoolRoot(opening: book.folder.path)
    let bootID = try #require(bootIdentifier())
    let cache = try root.directory.directory("pay/cache/\(bootID)")
    let coverage = try IndexFile(opening: root, bootID: bootID, .readWrite).coverage
    let file = try IndexFile(replacingIn: cache, of: root, IndexImage(expecting: 700), coverage: coverage)
    var image = IndexImage([:])
    // All at home in one bucket: they overflow into the next.
    for number in 0..<2000 {
      let low = number < 100 ? UInt64(number) << 32 : UInt64(number)
      try file.set(IndexKey(high: 1, low: low, isAccount: false), Position(segment: 1, record: number))
      image.put(IndexKey(high: 1, low: low, isAccount: false), Position(segment: 1, record: number))
    }
    let copy = try IndexFile(replacingIn: cache, of: root, image, coverage: coverage)
    for number in 0..<2000 {
      let low = number < 100 ? UInt64(number) << 32 : UInt64(number)
      let key = IndexKey(high: 1, low: low, isAccount: false)
      #expect(image.position(of: key)?.record == number)
      #expect(try copy.position(of: key)?.record == number)
      #expect(try file.position(of: IndexKey(high: 1, low: low, isAccount: false))?.record == number)
      #expect(try file.position(of: IndexKey(high: 1, low: low, isAccount: true)) == nil)
    }
  }
}
