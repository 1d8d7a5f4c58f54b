internal import Ledger
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension LedgerFile {
  /// The current segment, locked, with a whole tail and room for more, and how many records it has; the index is caught up.
  /// A writer makes the first segment, cuts a torn tail and begins a new segment on the way. Nil for a reader of no ledger.
  func openCurrent(_ index: EntryIndex) throws(Failure) -> (Segment, Int)? {
    var end = SegmentEnd()
    guard var number = try firstGuess(index) else { return nil }
    while true {
      guard let segment = try Segment.lock(number, in: root, for: purpose, wait: wait) else {
        // The index was about a ledger that is gone.
        guard let last = try lastSegment() else { return nil }
        if last == number { throw .busy(segment: number) }
        number = last
        continue
      }
      index.refresh()
      if purpose == .writing { try refusePoisoned(number) }
      let count = try wholeRecords(of: segment, seen: index.wholeBytes(of: segment) ?? 0)
      let tail = try segment.record(count - 1)
      if purpose == .writing {
        if tail.content == .seal || isFull(count) {
          switch try finishSegment(segment, count, tail, &end) {
          case .ended:
            number += 1
            continue
          case .read: continue
          case .open: break
          }
        }
        if tail.isOfHead {
          try refuseShortHead(segment, count)
          try makeNameDurable()
        }
      } else if tail.content == .seal, try Segment.open(number + 1, in: root) != nil {
        // It was sealed after the guess was made.
        number += 1
        continue
      }
      if try index.catchUp(segment, to: count) { return (segment, count) }
      if segment.isLocked { segment.file.unlockEarly() }
      end = SegmentEnd()
      try index.build(segment, to: count, wait: wait)
    }
  }

  private func firstGuess(_ index: EntryIndex) throws(Failure) -> Int? {
    if let coverage = index.coverage { return coverage.segment }
    if let last = try lastSegment() { return last }
    if purpose == .reading { return nil }
    try createSegment(LedgerPaths.firstSegment, after: .start, BookState(currency: settings.currency))
    return LedgerPaths.firstSegment
  }

  private func lastSegment() throws(Failure) -> Int? {
    try onDisk { () throws(SystemError) in try LedgerPaths.segments(in: root).last }
  }

  private func refusePoisoned(_ number: Int) throws(Failure) {
    let marker = try onDisk { () throws(SystemError) in try root.directory.status(of: LedgerPaths.poison(number)) }
    if marker != nil { throw .poisoned(segment: number) }
  }

  /// A head is written whole before the segment has its name; one that lacks balances was cut by no crash.
  private func refuseShortHead(_ segment: Segment, _ count: Int) throws(Failure) {
    guard let length = try segment.headLength(), count == length else {
      throw .corrupt(segment: segment.number, record: count + 1, "is missing: the segment's head is incomplete")
    }
  }

  /// A crash may have come between the segment's rename and the fsync of its directory: before the first posting goes in,
  /// its name is durable, and so are the names above it.
  private func makeNameDurable() throws(Failure) {
    try onDisk { () throws(SystemError) in
      try root.directory.sync()
      for folder in [SpoolFolder.payments, .ledger] { try root.folder(folder).sync() }
    }
  }
}

extension Segment {
  /// How many records its head has by what the first one says; nil where that is no head.
  func headLength() throws(Failure) -> Int? {
    if case .head(let accounts, let open, _) = try record(0).content { 1 + accounts + open } else { nil }
  }
}

extension Segment {
  /// What the head says that the book is counted in; nil where it does not say it.
  func currency() throws(Failure) -> Currency? {
    if case .head(_, _, let currency) = try head().content { currency } else { nil }
  }
}

extension Record {
  /// Whether it belongs to the part of a segment that was written before the segment had its name.
  var isOfHead: Bool {
    switch content {
    case .head, .balance, .open: true
    case .posting, .seal: false
    }
  }
}
