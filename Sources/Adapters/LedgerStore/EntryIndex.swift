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
  private let now: Timestamp
  private var file: IndexFile?
  private var image: (table: IndexImage, coverage: Coverage)?
  private var memory: [IndexKey: Position] = [:]
  /// A file that was found out; kept open, so that no other gets its identity.
  private var rejected: IndexFile?
  private var isFresh = false

  init(root: SpoolRoot, purpose: LedgerPurpose, now: Timestamp, bootID: String?) {
    (self.root, self.purpose, self.now, self.bootID) = (root, purpose, now, bootID)
    open()
  }

  /// Opens the file that has the name now.
  private func open() {
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
    do throws(IndexUnusable) { try file.refresh() } catch { self.file = nil }
  }

  /// How many bytes of the segment this boot has seen whole; nil when the index is not about this very file.
  func wholeBytes(of segment: Segment) -> Int? {
    guard let coverage, coverage.segment == segment.number, coverage.isAbout(segment) else { return nil }
    return coverage.bytes
  }

  /// Makes the index reach to record `end` of the current segment. False where that takes more than few records: then it is for `build`.
  func catchUp(_ segment: Segment, to end: Int) throws(Failure) -> Bool {
    if try takeIn(segment, to: end) { return true }
    if image == nil, segment.isLocked {
      open()
      if try takeIn(segment, to: end) { return true }
    }
    return try rebuildIfFew(segment, to: end)
  }

  /// Takes in the records behind what the index reaches. False where it cannot be used, or they are not few.
  private func takeIn(_ segment: Segment, to end: Int) throws(Failure) -> Bool {
    // Without the lock a writer may be at work on the file; and one about another file is worthless.
    guard segment.isLocked || image != nil, let coverage, coverage.bytes % Record.length == 0,
      let reached = try origin(of: coverage, current: segment), try distance(from: reached, coverage, to: segment, end) <= EntryIndex.few
    else { return false }
    var news: [IndexKey: Position] = [:]
    var link = coverage.last
    for number in reached.number...segment.number {
      let part = number == reached.number ? reached : number == segment.number ? segment : try required(number)
      let start = number == coverage.segment ? coverage.bytes / Record.length : 0
      let stop = number == segment.number ? end : part.status.size / Record.length
      if start >= stop { continue }
      link =
        try part.scan(from: start, to: stop, after: link) { record, index throws(Failure) in
          for key in record.keys { news[key] = Position(segment: number, record: index) }
        } ?? link
    }
    if coverage.bytes < end * Record.length || coverage.segment < segment.number {
      take(news.map { ($0, $1) }, Coverage(segment, records: end, last: link))
    }
    return true
  }

  /// How many records there are between what the index reaches and `end`.
  private func distance(from reached: Segment, _ coverage: Coverage, to segment: Segment, _ end: Int) throws(Failure) -> Int {
    if reached.number == segment.number { return end - coverage.bytes / Record.length }
    var count = end + (reached.status.size - coverage.bytes) / Record.length
    for number in reached.number + 1..<segment.number where count <= EntryIndex.few {
      count += try required(number).status.size / Record.length
    }
    return count
  }

  /// The segment the index was reading last, if it is still the same file and holds what was seen there.
  private func origin(of coverage: Coverage, current: Segment) throws(Failure) -> Segment? {
    guard coverage.segment <= current.number, coverage.bytes > 0 else { return nil }
    guard let segment = coverage.segment == current.number ? current : try Segment.open(coverage.segment, in: root),
      coverage.isAbout(segment), coverage.bytes <= segment.status.size,
      let last = try? segment.record(coverage.bytes / Record.length - 1),
      last.link == coverage.last
    else { return nil }
    return segment
  }

  private func required(_ number: Int) throws(Failure) -> Segment {
    guard let segment = try Segment.open(number, in: root) else {
      throw Failure(.badData, "\(LedgerPaths.segment(number)) is missing", remedy: "put it back from a copy; see 'msg-pay verify'")
    }
    return segment
  }

  /// What of one segment is to be indexed. It is opened when it is read: there may be more segments than files that may be open.
  private struct Part {
    let number: Int
    /// Records.
    let end: Int
  }

  /// The current segment up to `end`, and the older ones that end less than 35 days ago; oldest first.
  private func partsToIndex(_ segment: Segment, to end: Int) throws(Failure) -> [Part] {
    var parts = [Part(number: segment.number, end: end)]
    while let last = parts.last, last.number > LedgerPaths.firstSegment, let older = try Segment.open(last.number - 1, in: root) {
      let count = older.status.size / Record.length
      guard count > 0, try older.record(count - 1).time >= now.subtracting(GeneralLedger.retention) else { break }
      parts.append(Part(number: older.number, end: count))
    }
    return parts.reversed()
  }

  private func opened(_ part: Part, current segment: Segment) throws(Failure) -> Segment {
    part.number == segment.number ? segment : try required(part.number)
  }

  /// Reads the ledger anew where it is short. False where it is not.
  func rebuildIfFew(_ segment: Segment, to end: Int) throws(Failure) -> Bool {
    if end > EntryIndex.few { return false }
    let parts = try partsToIndex(segment, to: end)
    if parts.reduce(0, { $0 + $1.end }) > EntryIndex.few { return false }
    var entries: [IndexKey: Position] = [:]
    var link: Link? = parts[0].number == LedgerPaths.firstSegment ? .start : nil
    for part in parts {
      link = try opened(part, current: segment).scan(from: 0, to: part.end, after: link) { record, index throws(Failure) in
        for key in record.keys { entries[key] = Position(segment: part.number, record: index) }
      }
    }
    if let link { use(IndexImage(entries), Coverage(segment, records: end, last: link), mayReplace: segment.isLocked) }
    return true
  }

  /// Reads the ledger anew up to record `end` of the segment, which is no longer locked, unless another process has just done so.
  func build(_ segment: Segment, to end: Int, wait: LockWait) throws(Failure) {
    let lock = purpose == .writing ? bootID.flatMap { BuildingLock(root, bootID: $0) } : nil
    if let lock {
      guard try onDisk({ () throws(SystemError) in try lock.take(wait) }) else { throw .busy(segment: segment.number) }
      open()
      // Opened again: whoever built before may have made the segment longer since.
      if let coverage, let current = try Segment.open(segment.number, in: root),
        let reached = try origin(of: coverage, current: current),
        try distance(from: reached, coverage, to: segment, end) <= EntryIndex.few, file?.isCrowded == false
      {
        return
      }
    }
    let parts = try partsToIndex(segment, to: end)
    var table = IndexImage(expecting: parts.reduce(0) { $0 + $1.end })
    var scan = KeyScan()
    for part in parts {
      let file = try opened(part, current: segment)
      let filters = lock == nil ? nil : PayerFilters(of: file, in: root, bootID: bootID)
      try scan.read(file, from: 0, to: part.end, filters) { table.put($0, $1) }
    }
    use(table, Coverage(segment, records: end, last: try segment.record(end - 1).link), mayReplace: lock != nil)
  }

  /// Goes on with a new table: in a file where that may be and can be, else in memory.
  private func use(_ table: IndexImage, _ coverage: Coverage, mayReplace: Bool) {
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
  func position(of key: IndexKey) throws(IndexUnusable) -> Position? {
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
  private func take(_ news: [(IndexKey, Position)], _ coverage: Coverage) {
    guard purpose == .writing, image == nil, let file else {
      memory.merge(news) { $1 }
      return
    }
    do throws(IndexUnusable) {
      for (key, position) in news { try file.set(key, position) }
      try file.extend(to: coverage)
    } catch {
      // The file keeps what it says it reaches; the rest of this transaction finds the news in memory.
      memory.merge(news) { $1 }
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
