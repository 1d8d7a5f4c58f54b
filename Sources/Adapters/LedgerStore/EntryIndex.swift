internal import SpoolLayout
internal import Ledger
internal import SharedKernel
internal import SystemCalls

/// Where the last record of every id and account is: the index file where it can be used, a table in memory where not, and besides what
/// is in neither. Lives for one transaction; the protocol is at the top of `IndexFile.swift`.
final class EntryIndex {
  /// So many records are read while the ledger is locked, and no more.
  static let few = 4096

  let root: SpoolRoot
  let purpose: LedgerPurpose
  let bootID: String?
  let now: Timestamp
  private(set) var file: IndexFile?
  private(set) var image: (table: IndexImage, coverage: Coverage)?
  private var memory: [IndexKey: Position] = [:]
  /// A file that was found out; kept open, so that no other gets its identity.
  private var rejected: IndexFile?
  private var isFresh = false

  init(root: SpoolRoot, purpose: LedgerPurpose, now: Timestamp, bootID: String?) {
    (self.root, self.purpose, self.now, self.bootID) = (root, purpose, now, bootID)
    open()
  }

  /// Opens the file that has the name now.
  func open() {
    guard let bootID else { return }
    file = try? IndexFile(opening: root, bootID: bootID, purpose == .writing ? .readWrite : .read)
    if let file, file.identity == rejected?.identity { self.file = nil }
  }

  /// How far the index reaches; nil without one. A hint where the current segment may be.
  var coverage: Coverage? { image?.coverage ?? file?.coverage }

  /// To be called once the lock is held: the file says now what the last writer left.
  func refresh() {
    memory = [:]
    guard let file else { return }
    do throws(CacheUnusable) { try file.refresh() } catch { self.file = nil }
  }

  /// How many bytes of the segment this boot has seen whole; nil when the index is not about this very file.
  func wholeBytes(of segment: Segment) -> Int? {
    guard let coverage, coverage.segment == segment.number, coverage.isAbout(segment) else { return nil }
    return coverage.bytes
  }

  /// Goes on with a new table: in a file where that may be and can be, else in memory.
  func use(_ table: IndexImage, _ coverage: Coverage, mayReplace: Bool) {
    (memory, file, image, isFresh) = ([:], nil, nil, true)
    if mayReplace, purpose == .writing, let bootID, let cache = IndexFolder.make(root, bootID: bootID) {
      file = try? IndexFile(replacingIn: cache, of: root, table, coverage: coverage)
    }
    if file == nil { image = (table, coverage) }
  }

  /// What it says is not what the ledger holds: this file is not used again.
  func reject() {
    rejected = file ?? rejected
    (file, image, memory) = (nil, nil, [:])
  }

  /// The last record of a key; nil for none.
  func position(of key: IndexKey) throws(CacheUnusable) -> Position? {
    if let position = memory[key] { return position }
    if let image { return image.table.position(of: key) }
    return try file?.position(of: key)
  }

  /// Whether the index was read from the ledger in this transaction, so that reading it again would not help.
  var isRebuilt: Bool { isFresh }

  /// Whether the file has so little room left that a larger one is due.
  var isCrowded: Bool { file?.isCrowded == true }

  /// Takes in what was just appended.
  func append(_ records: [Record], _ segment: Segment, from start: Int) {
    guard let last = records.last else { return }
    var news: [(IndexKey, Position)] = []
    for (offset, record) in records.enumerated() {
      for key in record.keys { news.append((key, Position(segment: segment.number, record: start + offset))) }
    }
    take(news, Coverage(segment, records: start + records.count, last: last.link))
  }

  /// Where a key comes twice the later position counts.
  func take(_ news: [(IndexKey, Position)], _ coverage: Coverage) {
    guard purpose == .writing, image == nil, let file else {
      for (key, position) in news { memory[key] = position }
      return
    }
    do throws(CacheUnusable) {
      for (key, position) in news { try file.set(key, position) }
      try file.extend(to: coverage)
    } catch {
      // The file keeps what it says it reaches; the rest of this transaction finds the news in memory.
      for (key, position) in news { memory[key] = position }
    }
  }
}

extension Coverage {
  init(_ segment: Segment, records: Int, last: Link) {
    self.init(
      segment: segment.number, bytes: records * Record.length, device: segment.status.identity.device,
      inode: segment.status.identity.inode, last: last)
  }

  func isAbout(_ segment: Segment) -> Bool {
    device == segment.status.identity.device && inode == segment.status.identity.inode
  }
}

extension Record {
  /// What the record is the last one of.
  var keys: [IndexKey] {
    switch content {
    case .posting(let posting): (posting.id.map { [.payment($0)] } ?? []) + (posting.tracked.map { [.account($0)] } ?? [])
    case .balance(let account, _, _): account.isTracked ? [.account(account)] : []
    case .open(let posting): posting.id.map { [.payment($0)] } ?? []
    case .head, .seal: []
    }
  }
}
