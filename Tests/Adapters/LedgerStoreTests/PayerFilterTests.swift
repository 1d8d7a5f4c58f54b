import Ledger
import SharedKernel
import SpoolLayout
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

/// The entries of one payer are found without reading those of others, and always the same ones.
@Suite struct PayerFilterTests {
  private static let block = PayerFilter.block
  private let book = TestBook()

  /// So many charges in one append: number n to `account(n)`.
  private func append(_ count: Int, _ account: (Int) -> String) throws {
    try book.charge("opened", 1, account: "opener")
    let segment = try #require(try Segment.lock(1, in: SpoolRoot(opening: book.folder.path), for: .writing, wait: .forever))
    let start = segment.status.size / Record.length
    var writer = RecordWriter(after: try segment.record(start - 1).link)
    for number in 0..<count {
      let name = account(number)
      let external = name.hasPrefix("at-bank")
      let request = try book.request("\(start + number)", account: name)
      writer.add(
        .posting(
          Posting(
            external ? .posted : .charge, id: request.id,
            debit: external ? .gateway(try #require(GatewayName("bank"))) : .prepaid(request.account),
            credit: .income, amount: request.amount, balance: 100, fingerprint: request.fingerprint, reference: "\(start + number)",
            external: external
              ? ExternalPayment(
                payer: request.account, gateway: try #require(GatewayName("bank")), generation: 1, salt: nil, asked: request.amount,
                charged: request.amount, reference: "r", reversal: nil, isSettledByHand: false) : nil)), at: book.time)
    }
    try segment.file.write(all: writer.bytes, at: segment.status.size)
  }

  private func references(_ payer: String, newestFirst: Bool = false, limit: Int = .max) throws -> [String] {
    var found: [String] = []
    try book.file(.reading).snapshot().forEachEntry(of: Name(payer), newestFirst: newestFirst) { entry in
      found.append(entry.posting.reference)
      return found.count < limit
    }
    return found
  }

  private var filterPath: String { "pay/cache/\(bootIdentifier() ?? "")/payers.00000001" }
  private func filterBytes() throws -> [UInt8]? { try SpoolRoot(opening: book.folder.path).directory.contents(of: filterPath) }

  /// Spoils a record, so that whoever reads it says so.
  private func damage(_ record: Int) throws {
    var bytes = try book.bytes()
    bytes[record * Record.length + 300] ^= 1
    try book.overwrite(bytes)
  }

  private func name(_ number: Int) -> String {
    number % 7 == 3 ? "at-bank\(number % 5)" : "user\(number / 100)"
  }

  /// Breaks when a filter hides an entry: of a prepaid account, of somebody who pays outside, at the edge of a block.
  @Test func filtersHideNothing() throws {
    try append(5 * Self.block, name)
    let payers = Set((0..<5 * Self.block).map(name)).sorted()
    let plain = try payers.map { try references($0) }
    #expect(plain.allSatisfy { !$0.isEmpty })
    // The first reading has made the filters.
    #expect(try filterBytes()?.count == 5 * PayerFilter.length)
    #expect(try payers.map { try references($0) } == plain)
    #expect(try payers.map { try references($0, newestFirst: true) } == plain.map { $0.reversed() })
    #expect(try payers.map { try references($0, newestFirst: true, limit: 2) } == plain.map { Array($0.reversed().prefix(2)) })
    #expect(try references("nobody").isEmpty)
  }

  /// Breaks when blocks without an entry of the payer are read all the same.
  @Test func whatHasNothingOfThePayerIsNotRead() throws {
    try append(4 * Self.block) { $0 < Self.block ? "early" : "late\($0 % 3)" }
    let early = try references("early")
    try damage(2 * Self.block)
    #expect(try references("early", newestFirst: true) == early.reversed())
    #expect(try references("early") == early)
    #expect(throws: Failure.self) { try references("late1") }
  }

  /// Breaks when only a reader makes filters, or a charge that ends a block makes none.
  @Test func whoEndsABlockMakesItsFilter() throws {
    try append(Self.block - 10) { _ in "others" }
    #expect(try filterBytes() == nil)
    for number in 0..<12 { try book.charge("k\(number)", 1, account: "alice") }
    #expect(try filterBytes()?.count == PayerFilter.length)
    try damage(20)
    #expect(throws: Failure.self) { try references("others") }
    #expect(try references("nobody").isEmpty)
  }

  /// Breaks when a filter is believed that is damaged, of another block, or of a file that was replaced.
  @Test func aFilterThatDoesNotFitIsNotBelieved() throws {
    try append(4 * Self.block) { $0 < 2 * Self.block ? "early" : "late" }
    let (early, late) = (try references("early"), try references("late"))
    let filters = try #require(try filterBytes())
    let length = PayerFilter.length
    func expectRight(_ comment: Comment) throws {
      #expect(try references("early") == early, comment)
      #expect(try references("late") == late, comment)
    }
    func write(_ bytes: [UInt8]) throws {
      let file = try Directory(opening: book.folder.path).open(filterPath, .readWrite)
      try file.truncate(to: bytes.count)
      try file.write(all: bytes, at: 0)
    }
    try write([UInt8](repeating: 0, count: filters.count))
    try expectRight("zeros")
    #expect(try filterBytes() == filters, "made anew")
    try write(Array(filters[(3 * length)...]) + filters[length..<3 * length] + filters[..<length])
    try expectRight("first and last exchanged")
    try write(filters.map { $0 & 0xf0 })
    try expectRight("bits lost")
    try write(Array(filters.prefix(length + 100)))
    try expectRight("cut")
    // Somebody puts other records into the same file.
    let other = PayerFilterTests()
    try other.append(4 * Self.block) { $0 < 2 * Self.block ? "late" : "early" }
    try book.overwrite(other.book.bytes())
    try write(filters)
    #expect(try references("early") == other.references("early"))
    #expect(try references("late") == other.references("late"))
    #expect(try filterBytes() == other.filterBytes())
  }

  /// Breaks when a reader cannot do without a cache.
  @Test func aReaderNeedsNoFilters() throws {
    try append(2 * Self.block, name)
    let plain = try references("user1")
    try book.restart()
    let segment = try #require(try Segment.open(1, in: SpoolRoot(opening: book.folder.path)))
    let snapshot = BookSnapshot(
      root: try SpoolRoot(opening: book.folder.path), numbers: [1], last: segment, lastCount: segment.status.size / Record.length,
      bootID: nil)
    var found: [String] = []
    try snapshot.forEachEntry(of: Name("user1")) { entry in
      found.append(entry.posting.reference)
      return true
    }
    #expect(found == plain)
    #expect(try filterBytes() == nil)
  }
}
