internal import SpoolLayout
internal import Ledger
internal import SharedKernel
internal import SystemCalls

// Reading the ledger anew.
extension EntryIndex {
  /// What of one segment is to be indexed. It is opened when it is read: there may be more segments than files that may be open.
  struct Part {
    let number: Int
    /// Records.
    let end: Int
  }

  /// The current segment up to `end`, and the older ones that end less than 35 days ago; oldest first.
  func partsToIndex(_ segment: Segment, to end: Int) throws(Failure) -> [Part] {
    var parts = [Part(number: segment.number, end: end)]
    while let last = parts.last, last.number > LedgerPaths.firstSegment, let older = try Segment.open(last.number - 1, in: root) {
      let count = older.status.size / Record.length
      guard count > 0, try older.record(count - 1).time >= now.subtracting(GeneralLedger.retention) else { break }
      parts.append(Part(number: older.number, end: count))
    }
    return parts.reversed()
  }

  func opened(_ part: Part, current segment: Segment) throws(Failure) -> Segment {
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
      // Opened again: the previous builder may have made the segment longer since.
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
}
