internal import SpoolLayout
internal import Ledger
internal import SharedKernel
internal import SystemCalls

/// Where the last record of every id and account is: the index file where it can be used, and memory for what is not in it.
/// Lives for one transaction, under the lock of the current segment.
final class EntryIndex {
  /// More new records than this are put in by writing the whole table anew.
  private static let fewRecords = 256

  private let root: SpoolRoot
  private let settings: LedgerSettings
  private let purpose: LedgerPurpose
  private let now: Timestamp
  private let bootID: String?
  private var file: IndexFile?
  private var memory: [IndexKey: Position] = [:]
  private var isFresh = false

  init(root: SpoolRoot, settings: LedgerSettings, purpose: LedgerPurpose, now: Timestamp, bootID: String?) {
    (self.root, self.settings, self.purpose, self.now, self.bootID) = (root, settings, purpose, now, bootID)
    if let bootID { file = try? IndexFile(opening: root, bootID: bootID, purpose == .writing ? .readWrite : .read) }
  }

  /// Which segment the index reaches into; nil without one. A hint where the current segment may be.
  var coverage: Coverage? { file?.coverage }

  /// To be called once the lock is held: the file says now what the last writer left.
  func refresh() {
    guard let file else { return }
    do throws(IndexUnusable) { try file.refresh() } catch { self.file = nil }
  }

  /// How many bytes of the segment this boot has seen whole; nil when the index is not about this very file.
  func wholeBytes(of segment: Segment) -> Int? {
    guard let coverage, coverage.segment == segment.number, coverage.isAbout(segment) else { return nil }
    return coverage.bytes
  }

  /// Makes the index reach to record `end` of the current segment.
  func catchUp(_ segment: Segment, to end: Int) throws(Failure) {
    // Without the lock a writer may be at work on the file; and one about another file is worthless.
    guard segment.isLocked, let coverage, coverage.bytes % Record.length == 0, let reached = try origin(of: coverage, current: segment)
    else { return try rebuild(segment, to: end) }
    var news: [IndexKey: Position] = [:]
    var link = coverage.last
    for number in reached.number...segment.number {
      let part = number == reached.number ? reached : number == segment.number ? segment : try required(number)
      let start = number == coverage.segment ? coverage.bytes / Record.length : 0
      let stop = number == segment.number ? end : part.status.size / Record.length
      if start == stop { continue }
      link =
        try part.scan(from: start, to: stop, after: link) { record, index throws(Failure) in
          for key in record.keys { news[key] = Position(segment: number, record: index) }
        } ?? link
    }
    if coverage.bytes == end * Record.length, coverage.segment == segment.number { return }
    take(news.map { ($0, $1) }, Coverage(segment, records: end, last: link))
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

  /// Reads the ledger anew: the current segment, and the older ones that end less than 35 days ago.
  func rebuild(_ segment: Segment, to end: Int) throws(Failure) {
    var parts = [segment]
    while let first = parts.first, first.number > LedgerPaths.firstSegment, let older = try Segment.open(first.number - 1, in: root) {
      guard older.status.size >= Record.length,
        try older.record(older.status.size / Record.length - 1).time >= now.adding(seconds: -GeneralLedger.retention)
      else { break }
      parts.insert(older, at: 0)
    }
    memory = [:]
    file = nil
    var link: Link? = parts[0].number == LedgerPaths.firstSegment ? .start : nil
    for part in parts {
      let stop = part.number == segment.number ? end : part.status.size / Record.length
      link = try part.scan(from: 0, to: stop, after: link) { record, index throws(Failure) in
        for key in record.keys { memory[key] = Position(segment: part.number, record: index) }
      }
    }
    isFresh = true
    if let link, segment.isLocked { replaceFile(with: memory, Coverage(segment, records: end, last: link)) }
  }

  /// The last record of a key; nil for none.
  func position(of key: IndexKey) throws(IndexUnusable) -> Position? {
    if let position = memory[key] { return position }
    return try file?.position(of: key)
  }

  /// Whether the index was read from the ledger in this transaction, so that reading it again would not help.
  var isRebuilt: Bool { isFresh }

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
    guard purpose == .writing, let file else {
      memory.merge(news) { $1 }
      return
    }
    do throws(IndexUnusable) {
      if news.count > EntryIndex.fewRecords || file.isCrowded {
        replaceFile(with: try file.allEntries().merging(news) { $1 }, coverage)
      } else {
        for (key, position) in news { try file.set(key, position) }
        try file.extend(to: coverage)
      }
    } catch {
      // The file keeps what it says it reaches; the rest of this transaction finds the news in memory.
      memory.merge(news) { $1 }
    }
  }

  /// Writes a new table; without one the entries stay in memory for this transaction.
  private func replaceFile(with entries: [IndexKey: Position], _ coverage: Coverage) {
    memory = entries
    guard purpose == .writing, let bootID, let cache = IndexFolder.make(root, bootID: bootID),
      let made = try? IndexFile(replacingIn: cache, of: root, entries: entries, coverage: coverage)
    else { return }
    file = made
    memory = [:]
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
    case .balance(let account, _): account.isTracked ? [.account(account)] : []
    case .open(let posting): posting.id.map { [.payment($0)] } ?? []
    case .head, .seal: []
    }
  }
}
