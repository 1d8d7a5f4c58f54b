internal import SystemCalls
internal import SharedKernel

// From what the index reaches to the end of the ledger.
extension EntryIndex {
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
  func takeIn(_ segment: Segment, to end: Int) throws(Failure) -> Bool {
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
  func distance(from reached: Segment, _ coverage: Coverage, to segment: Segment, _ end: Int) throws(Failure) -> Int {
    if reached.number == segment.number { return end - coverage.bytes / Record.length }
    var count = end + (reached.status.size - coverage.bytes) / Record.length
    for number in reached.number + 1..<segment.number where count <= EntryIndex.few {
      count += try required(number).status.size / Record.length
    }
    return count
  }

  /// The segment the index was reading last, if it is still the same file and holds what was seen there.
  func origin(of coverage: Coverage, current: Segment) throws(Failure) -> Segment? {
    guard coverage.segment <= current.number, coverage.bytes > 0 else { return nil }
    guard let segment = coverage.segment == current.number ? current : try Segment.open(coverage.segment, in: root),
      coverage.isAbout(segment), coverage.bytes <= segment.status.size,
      let last = try? segment.record(coverage.bytes / Record.length - 1),
      last.link == coverage.last
    else { return nil }
    return segment
  }

  func required(_ number: Int) throws(Failure) -> Segment {
    guard let segment = try Segment.open(number, in: root) else {
      throw Failure(.badData, "\(LedgerPaths.segment(number)) is missing", remedy: "put it back from a copy; see 'msg-pay verify'")
    }
    return segment
  }
}
