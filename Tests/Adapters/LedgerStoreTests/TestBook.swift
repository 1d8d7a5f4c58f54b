import SpoolLayout
import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

/// A clock that stands where the test put it.
final class FixedClock: Clock {
  let time: Timestamp
  init(_ time: Timestamp = Timestamp(seconds: 1_763_800_000)) { self.time = time }
  func now() -> Timestamp { time }
}

/// A ledger in a folder of its own.
struct TestBook {
  let folder = TemporaryFolder()
  var segmentSize = 64 << 20
  var time = Timestamp(seconds: 1_763_800_000)

  func file(_ purpose: LedgerPurpose = .writing, wait: LockWait = .forever, isShared: Bool? = nil) throws -> LedgerFile {
    LedgerFile(
      root: try SpoolRoot(opening: folder.path), settings: LedgerSettings(segmentSize: segmentSize), clock: FixedClock(time),
      purpose: purpose, wait: wait, isShared: isShared)
  }

  func ledger(_ purpose: LedgerPurpose = .writing) throws -> GeneralLedger {
    GeneralLedger(book: try file(purpose), openingCredit: try #require(Amount(units: 100)))
  }

  @discardableResult
  func charge(_ key: String, _ units: Int64 = 1, account: String = "alice") throws -> ChargeAnswer {
    try ledger().charge(try request(key, units, account: account))
  }

  func request(_ key: String, _ units: Int64 = 1, account: String = "alice") throws -> LedgerRequest {
    LedgerRequest(
      id: id(key), account: try #require(Name(account)), amount: try #require(Amount(units: units)),
      fingerprint: Fingerprint(of: [Array("\(account) \(units)".utf8)]), reference: key)
  }

  func id(_ key: String) -> MessageID { MessageID(hashing: "test\0\(key)") }
  func path(_ segment: Int) -> String { folder.file(LedgerPaths.segment(segment)) }
}

extension TestBook {
  func bytes(_ segment: Int = 1) throws -> [UInt8] {
    let root = try SpoolRoot(opening: folder.path)
    return try #require(try root.directory.contents(of: LedgerPaths.segment(segment)))
  }

  /// Puts bytes in the place of a segment's, in the same file.
  func overwrite(_ bytes: [UInt8], segment: Int = 1) throws {
    let file = try Directory(opening: folder.path).open(LedgerPaths.segment(segment), .readWrite)
    try file.truncate(to: bytes.count)
    try file.write(all: bytes, at: 0)
  }

  /// Forgets what this boot has seen, as a restart does.
  func restart() throws {
    let root = try SpoolRoot(opening: folder.path)
    guard let caches = try root.directory.directoryIfPresent("pay/cache") else { return }
    for entry in try caches.list().entries { IndexFolder.remove(entry.name, in: caches) }
  }

  var indexPath: String { "pay/cache/\(bootIdentifier() ?? "")/\(IndexFile.name)" }

  func balance(_ account: String = "alice") throws -> Balance? {
    try ledger(.reading).balance(of: try #require(Name(account)))
  }

  func faults() throws -> [String] { try file(.reading).verify().map(\.description) }

  /// The failure of a charge that must not go through.
  func refusal(_ key: String = "refused") throws -> Failure { try #require(throws: Failure.self) { try charge(key) } }
}
