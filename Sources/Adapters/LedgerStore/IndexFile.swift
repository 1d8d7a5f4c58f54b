// The index is a hash table in `pay/cache/<boot id>/index`: from a key to the position of the last record that carries it.
//
//   bytes 0–511      the header: how many buckets, how far into the ledger they reach, a checksum
//   512 bytes each   a bucket: a checksum over its number and content, a count, and up to 21 entries of 24 bytes
//
// A full bucket overflows into the next. It is derived and never fsynced: it is trusted only within the boot that wrote it,
// where every process sees the same pages. Any doubt (checksum, size, numbers) makes the whole file worthless, and it is
// built anew from the ledger. An empty bucket has a checksum too: a page of zeros never reads as "not charged".
//
// Protocol. The ledger's lock is held for an append and for what is few (`EntryIndex.few` records), never for a scan.
//
//   step of a writer                           what a kill after it leaves
//   opens the index; takes the ledger's lock;  nothing
//   reads the header again
//   index reaches far enough: takes in the     an index that reaches less far than the ledger: its entries point at real
//   few records behind it, appends, writes     records, and the next writer takes in what is missing
//   buckets, then the header
//   index behind or unusable: opens it again   nothing
//   by its name, for another may have built it
//   still so: gives the ledger's lock back,    nothing: the kernel gives the lock of `building` back, and the next in line
//   waits for that of `building`, looks again  builds
//   still so: scans the ledger up to where it  a stray in the cache's folder, removed with the folder
//   was seen whole under the lock, writes the
//   table to a new file and renames it
//   begins again with the ledger's lock        -
//
// One process builds; the others wait for `building`, no longer than for the ledger's lock, and then find its work. A writer
// that still has the old file open at the rename goes on with it: what it says is true as far as its header reaches, and the
// new file, which lacks that append, takes it in next time. A reader builds in memory and makes no file. Where there can be
// no cache, a writer does the same.

internal import DurableFiles
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// An open index file.
final class IndexFile {
  private static let magic = Array("msgspool-index1\n".utf8)
  static let name = "index"
  static let bucketLength = 512
  static let bucketEntries = 21

  private let file: FileDescriptor
  /// Tells this file from one that took its place.
  let identity: FileStatus.Identity
  private let bucketCount: Int
  private var entryCount: Int
  private(set) var coverage: Coverage
  /// Buckets read or written since the last `refresh`; under the ledger's lock no other process changes them.
  private var seen: [(number: Int, bucket: Bucket)] = []

  private init(_ file: consuming FileDescriptor, _ identity: FileStatus.Identity, bucketCount: Int, entryCount: Int, coverage: Coverage) {
    self.file = file
    self.identity = identity
    (self.bucketCount, self.entryCount, self.coverage) = (bucketCount, entryCount, coverage)
  }

  /// Opens what is there; throws where that is nothing, foreign or damaged.
  convenience init(opening root: SpoolRoot, bootID: String, _ access: Directory.Access) throws(CacheUnusable) {
    try self.init(openedIn: root.directory, SpoolFolder.ledgerCache.folder(bootID).file(IndexFile.name), access)
  }

  private convenience init(openedIn folder: Directory, _ name: String, _ access: Directory.Access) throws(CacheUnusable) {
    let file = try usable(folder.open(name, access))
    let header = try usable(file.read(IndexFile.headerLength, at: 0))
    let status = try usable(file.status())
    guard let fields = IndexFile.fields(of: header), status.size == (fields.buckets + 1) * IndexFile.bucketLength else {
      throw CacheUnusable()
    }
    self.init(file, status.identity, bucketCount: fields.buckets, entryCount: fields.entries, coverage: fields.coverage)
  }

  /// Puts a table in the place of what is there.
  convenience init(replacingIn cache: Directory, of root: SpoolRoot, _ image: IndexImage, coverage: Coverage) throws(CacheUnusable) {
    var bytes = IndexFile.header(buckets: image.bucketCount, entries: image.entryCount, coverage)
    bytes += [UInt8](repeating: 0, count: IndexFile.bucketLength - bytes.count)
    bytes += image.encode()
    let temporary = try usable(root.temporaryFile("index", in: cache))
    try usable(temporary.descriptor.write(all: bytes))
    try usable(temporary.rename(in: cache, replacing: IndexFile.name))
    try self.init(openedIn: cache, IndexFile.name, .readWrite)
  }

  /// Whether there is so little room left that chains of buckets grow long.
  var isCrowded: Bool { entryCount * 10 > bucketCount * IndexFile.bucketEntries * 7 }

  /// Reads again how far it reaches, now that the lock keeps it from moving.
  func refresh() throws(CacheUnusable) {
    let header = try usable(file.read(IndexFile.headerLength, at: 0))
    guard let fields = IndexFile.fields(of: header), fields.buckets == bucketCount else { throw CacheUnusable() }
    (entryCount, coverage, seen) = (fields.entries, fields.coverage, [])
  }

  private func bucket(_ number: Int) throws(CacheUnusable) -> Bucket {
    if let known = seen.first(where: { $0.number == number }) { return known.bucket }
    let bucket = try read(number)
    seen.append((number, bucket))
    return bucket
  }

  private func read(_ number: Int) throws(CacheUnusable) -> Bucket {
    let bytes = try usable(file.read(IndexFile.bucketLength, at: (number + 1) * IndexFile.bucketLength))
    return try Bucket(decoding: bytes, number: number)
  }

  func position(of key: IndexKey) throws(CacheUnusable) -> Position? {
    var number = Int(truncatingIfNeeded: key.low) & (bucketCount - 1)
    for _ in 0..<bucketCount {
      let bucket = try bucket(number)
      if let position = bucket.position(of: key) { return position }
      if !bucket.isFull { return nil }
      number = (number + 1) & (bucketCount - 1)
    }
    return nil
  }

  /// Puts an entry in, or moves it on.
  func set(_ key: IndexKey, _ position: Position) throws(CacheUnusable) {
    var number = Int(truncatingIfNeeded: key.low) & (bucketCount - 1)
    for _ in 0..<bucketCount {
      var bucket = try bucket(number)
      let isNew = bucket.position(of: key) == nil
      if !isNew || !bucket.isFull {
        bucket.put(key, position)
        let bytes = bucket.encode(number: number)
        try usable(file.write(all: bytes, at: (number + 1) * IndexFile.bucketLength))
        seen.removeAll { $0.number == number }
        seen.append((number, bucket))
        entryCount += isNew ? 1 : 0
        return
      }
      number = (number + 1) & (bucketCount - 1)
    }
    throw CacheUnusable()
  }

  /// Says that the index now reaches so far; written after the entries.
  func extend(to coverage: Coverage) throws(CacheUnusable) {
    let bytes = IndexFile.header(buckets: bucketCount, entries: entryCount, coverage)
    try usable(file.write(all: bytes, at: 0))
    self.coverage = coverage
  }
}

extension IndexFile {
  static let headerLength = 84

  static func header(buckets: Int, entries: Int, _ coverage: Coverage) -> [UInt8] {
    var bytes = magic
    for number in [buckets, entries, coverage.segment, coverage.bytes] { bytes.append(littleEndian: UInt64(number)) }
    for number in [coverage.device, coverage.inode, UInt64(coverage.last.sequence)] { bytes.append(littleEndian: number) }
    // The chain is 16 hexadecimal digits: 8 bytes.
    bytes.append(littleEndian: UInt64(coverage.last.chain.text, radix: 16) ?? 0)
    bytes.append(littleEndian: CRC32C.checksum(bytes))
    return bytes
  }

  /// Nil for anything but a whole header whose numbers a ledger can have.
  static func fields(of bytes: [UInt8]) -> (buckets: Int, entries: Int, coverage: Coverage)? {
    guard bytes.count == headerLength, bytes.starts(with: magic),
      CRC32C.checksum(bytes.dropLast(4)) == bytes.span.number32(headerLength - 4)
    else { return nil }
    let numbers = (0..<8).map { bytes.span.number64(16 + $0 * 8) }
    let digits = String(numbers[7], radix: 16)
    guard let buckets = Int(exactly: numbers[0]), (1...1 << 32).contains(buckets), buckets & (buckets - 1) == 0,
      let entries = Int(exactly: numbers[1]), entries <= buckets * bucketEntries,
      let segment = Int(exactly: numbers[2]), segment <= LedgerPaths.lastSegment, let covered = Int(exactly: numbers[3]),
      covered <= 1 << 48,
      let sequence = Int64(exactly: numbers[6]), sequence < 1_000_000_000_000,
      let chain = Chain(String(repeating: "0", count: 16 - digits.utf8.count) + digits)
    else { return nil }
    let coverage = Coverage(
      segment: segment, bytes: covered, device: numbers[4], inode: numbers[5], last: Link(sequence: sequence, chain: chain))
    return (buckets, entries, coverage)
  }
}
