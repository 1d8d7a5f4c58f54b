import Ledger
import SharedKernel
import SpoolLayout
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

/// The index of a long ledger is built by one process, and the ledger's lock is free meanwhile.
@Suite struct IndexBuildingTests {
  private static let charges = EntryIndex.few + 500

  /// A ledger too long to be read under the lock, with no index.
  private func longBook(segmentSize: Int = 64 << 20) throws -> TestBook {
    var book = TestBook()
    book.segmentSize = segmentSize
    try book.charge("first", 1)
    let alice = Account.prepaid(try #require(Name("alice")))
    let one = try #require(Amount(units: 1))
    let segment = try #require(try Segment.lock(1, in: SpoolRoot(opening: book.folder.path), for: .writing, wait: .forever))
    let count = segment.status.size / Record.length
    var writer = RecordWriter(after: try segment.record(count - 1).link)
    writer.add(
      .posting(Posting(.topUp, id: book.id("credit"), debit: .cash, credit: alice, amount: Amount(units: 99_901) ?? one, balance: 100_000)),
      at: book.time)
    for number in 0..<IndexBuildingTests.charges {
      let request = try book.request("k\(number)")
      writer.add(
        .posting(
          Posting(
            .charge, id: request.id, debit: alice, credit: .income, amount: one, balance: Balance(units: 99_999 - Int64(number)),
            fingerprint: request.fingerprint, reference: "k\(number)")), at: book.time)
    }
    try segment.file.write(all: writer.bytes, at: count * Record.length)
    try book.restart()
    return book
  }

  private func building(_ book: TestBook) throws -> BuildingLock {
    let bootID = try #require(bootIdentifier())
    return try #require(BuildingLock(SpoolRoot(opening: book.folder.path), bootID: bootID))
  }

  private var rest: Int64 { 100_000 - Int64(IndexBuildingTests.charges) }

  private func expectRight(_ book: TestBook, _ comment: Comment) throws {
    for key in ["first", "k0", "k\(IndexBuildingTests.charges - 1)"] {
      guard case .already = try book.charge(key) else {
        Issue.record("\(key) was charged again: \(comment)")
        return
      }
    }
    #expect(try book.balance()?.units == rest, comment)
  }

  /// Breaks when a writer keeps the ledger's lock, or waits longer than it may, while another process builds the index.
  @Test func nobodyHoldsTheLedgerWhileAnotherBuilds() throws {
    let book = try longBook()
    do {
      let builder = try building(book)
      #expect(try builder.take(.never))
      let waiting = GeneralLedger(book: try book.file(wait: .never), openingCredit: .zero)
      let failure = try #require(throws: Failure.self) { try waiting.charge(book.request("new")) }
      #expect(failure.kind == .temporary)
      let segment = try Segment.lock(1, in: SpoolRoot(opening: book.folder.path), for: .writing, wait: .never)
      #expect(segment?.isLocked == true, "the ledger is free")
      try segment?.file.unlock()
      #expect(try book.balance()?.units == rest, "a reader waits for no builder")
    }
    #expect(try book.charge("new") == .charged(balance: Balance(units: rest - 1)))
    #expect(try book.faults().isEmpty)
  }

  /// Breaks when those who wait build again what was built for them, or miss a charge.
  @Test func manyWritersFindOneIndex() async throws {
    let book = try longBook()
    try await withThrowingTaskGroup(of: ChargeAnswer.self) { group in
      for number in 0..<6 { group.addTask { try book.charge("k\(number)") } }
      for try await answer in group {
        guard case .already = answer else {
          Issue.record("charged again")
          continue
        }
      }
    }
    try expectRight(book, "after many")
    #expect(book.folder.names(in: "pay/cache/\(bootIdentifier() ?? "")") == ["building", "index", "payers.00000001"])
  }

  /// Breaks when a writer that waited while another built the index and made the ledger longer builds it again.
  @Test func whatWasBuiltMeanwhileIsUsed() throws {
    let book = try longBook()
    let root = try SpoolRoot(opening: book.folder.path)
    let bootID = try #require(bootIdentifier())
    let segment = try #require(try Segment.lock(1, in: root, for: .writing, wait: .forever))
    try segment.file.unlock()
    let late = EntryIndex(root: root, purpose: .writing, now: book.time, bootID: bootID)
    #expect(try book.charge("new") == .charged(balance: Balance(units: rest - 1)))
    let built = try IndexFile(opening: root, bootID: bootID, .read)
    try late.build(segment, to: segment.status.size / Record.length, wait: .never)
    #expect(try IndexFile(opening: root, bootID: bootID, .read).identity == built.identity)
    #expect(late.coverage == built.coverage)
  }

  /// Breaks when an index that misleads is believed, or is found again and again, where the ledger is long.
  @Test func aWrongIndexOfALongLedgerIsBuiltAnew() throws {
    let book = try longBook()
    try expectRight(book, "built")
    let root = try SpoolRoot(opening: book.folder.path)
    let bootID = try #require(bootIdentifier())
    let coverage = try IndexFile(opening: root, bootID: bootID, .readWrite).coverage
    let cache = try root.directory.directory("pay/cache/\(bootID)")
    let wrong: [IndexKey: Position] = [
      .payment(book.id("k0")): Position(segment: 1, record: 1),
      .account(.prepaid(try #require(Name("alice")))): Position(segment: 7, record: 0),
    ]
    _ = try IndexFile(replacingIn: cache, of: root, IndexImage(wrong), coverage: coverage)
    #expect(try book.balance()?.units == rest)
    try expectRight(book, "wrong pointers")
  }

  /// Breaks when damage that the quick scan meets is passed over: the id in it would be free again.
  @Test func damageIsFoundByTheQuickScan() throws {
    let book = try longBook()
    let sound = try book.bytes()
    for (offset, bit) in [(50, 1), (5, 1), (505, 1), (511, 4), (300, 2)] as [(Int, UInt8)] {
      var bad = sound
      bad[2000 * Record.length + offset] ^= bit
      try book.overwrite(bad)
      try book.restart()
      #expect(try book.refusal().kind == .badData, "byte \(offset)")
    }
    try book.overwrite(sound)
    try expectRight(book, "mended")
  }

  /// Breaks when the end of a full segment is read under the lock, or a writer waits for whoever reads it.
  @Test func aFullSegmentGrowsWhileAnotherReadsIt() throws {
    var book = try longBook()
    try expectRight(book, "before")
    book.segmentSize = 8192
    do {
      let builder = try building(book)
      #expect(try builder.take(.never))
      #expect(try book.charge("new") == .charged(balance: Balance(units: rest - 1)))
      #expect(book.folder.names(in: "pay/ledger") == ["00000001"])
    }
    #expect(try book.charge("newer") == .charged(balance: Balance(units: rest - 2)))
    #expect(book.folder.names(in: "pay/ledger") == ["00000001", "00000002"])
    #expect(try book.faults().isEmpty)
  }

  /// Breaks when keys are read out of the columns otherwise than out of the record.
  @Test func theQuickScanFindsTheSameKeys() throws {
    let book = TestBook()
    let alice = try #require(Name("alice"))
    let gateway = try #require(GatewayName("bank"))
    for number in 0..<4 { try book.charge("k\(number)", 1, account: number == 2 ? String(repeating: "n", count: 64) : "alice") }
    _ = try book.ledger().void(book.id("k1"))
    let segment = try #require(try Segment.lock(1, in: SpoolRoot(opening: book.folder.path), for: .writing, wait: .forever))
    var writer = RecordWriter(after: try segment.record(segment.status.size / Record.length - 1).link)
    let posting = Posting(.topUp, id: nil, debit: .cash, credit: .gateway(gateway), amount: .zero, balance: 0)
    for content in [.posting(posting), .balance(.prepaid(alice), 3), .balance(.income, 3), .seal] as [Record.Content] {
      writer.add(content, at: book.time)
    }
    try segment.file.write(all: writer.bytes, at: segment.status.size)
    let end = segment.status.size / Record.length + 4
    var (quick, full): ([IndexKey], [IndexKey]) = ([], [])
    var scan = KeyScan()
    try scan.read(segment, from: 0, to: end, nil) { key, _ in quick.append(key) }
    try segment.scan(from: 0, to: end, after: .start) { record, _ in full += record.keys }
    #expect(quick == full)
  }
}
