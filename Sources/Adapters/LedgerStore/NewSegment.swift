internal import DurableFiles
internal import Ledger
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension LedgerFile {
  func isFull(_ records: Int) -> Bool { records * Record.length >= settings.segmentSize }

  /// What became of a full segment.
  enum Finish {
    /// The next one is there.
    case ended
    /// The lock was given back and the segment read; to be tried again.
    case read
    /// It goes on growing: it is too small to be ended (a segment is at least twice as long as its head, so that balances alone never fill
    /// the disk), or another process is reading it.
    case open
  }

  /// Seals a full segment where that is still to be done and makes the next one. What its head has to say is read without the lock, and
  /// by one process; `end` keeps it.
  func finishSegment(_ segment: Segment, _ count: Int, _ tail: Record, _ end: inout SegmentEnd) throws(Failure) -> Finish {
    let isSealed = tail.content == .seal
    if isSealed, try Segment.open(segment.number + 1, in: root) != nil {
      end = SegmentEnd()
      return .ended
    }
    if !isSealed {
      guard let length = try segment.headLength() else {
        throw .corrupt(segment: segment.number, record: 1, "is not the head of a segment")
      }
      if count < 2 * length { return .open }
    }
    if !end.isAbout(segment) { end = SegmentEnd(segment) }
    if count - end.records > EntryIndex.few, !end.isLocked, let lock = bootID.flatMap({ BuildingLock(root, bootID: $0) }) {
      // After a seal no writer can continue before the next segment exists.
      if !isSealed, try !onDisk({ () throws(SystemError) in try lock.take(.never) }) { return .open }
      segment.file.unlockEarly()
      if isSealed, try !onDisk({ () throws(SystemError) in try lock.take(wait) }) { throw .busy(segment: segment.number) }
      end.lock = lock
      if try Segment.open(segment.number + 1, in: root) == nil { try end.read(segment, to: count) }
      return .read
    }
    try end.read(segment, to: count)
    guard var link = end.link else { throw .corrupt(segment: segment.number, record: 1, "is missing") }
    if !isSealed {
      var writer = RecordWriter(after: link)
      writer.add(.seal, at: max(end.latest ?? clock.now(), clock.now()))
      let bytes = writer.bytes
      try onDisk { () throws(SystemError) in try segment.file.write(all: bytes, at: count * Record.length) }
      link = writer.link
    }
    // Also when another process wrote the seal: it may not have been synced.
    try makeDurable(segment)
    try createSegment(segment.number + 1, after: link, end.state)
    end = SegmentEnd()
    return .ended
  }

  /// Makes a segment that holds only its head, unless it is there.
  func createSegment(_ number: Int, after link: Link, _ state: BookState) throws(Failure) {
    var writer = RecordWriter(after: link)
    writer.addHead(state, at: clock.now())
    let bytes = writer.bytes
    try onDisk { () throws(SystemError) in
      let folder = try root.ensureFolder(.ledger)
      if try root.directory.status(of: LedgerPaths.segment(number)) != nil { return }
      let file = try root.temporaryFile("ledger")
      try file.write(bytes)
      do throws(SystemError) { try file.publish(in: folder, as: LedgerPaths.name(number)) } catch {
        // Another process made the same one; it is the head of the same book.
        if error.code != .exists { throw error }
      }
    }
  }
}

/// What the head of the next segment has to say, as far as the segment before it was read.
struct SegmentEnd {
  private let identity: FileStatus.Identity?
  private(set) var records = 0
  private(set) var link: Link?
  private(set) var state = BookState()
  /// The latest time in it.
  private(set) var latest: Timestamp?
  /// Held while this process is the one that reads.
  var lock: BuildingLock?

  init(_ segment: Segment? = nil) {
    identity = segment?.status.identity
    link = segment?.number == LedgerPaths.firstSegment ? .start : nil
  }

  var isLocked: Bool { lock != nil }

  func isAbout(_ segment: Segment) -> Bool { identity == segment.status.identity }

  /// Reads on to record `end`, checking everything: so damage is found before the segment is closed for good, while a copy may be at hand.
  mutating func read(_ segment: Segment, to end: Int) throws(Failure) {
    var (state, latest) = (state, latest)
    link = try segment.scan(from: records, to: end, after: link) { record, _ throws(Failure) in
      latest = max(latest ?? record.time, record.time)
      try state.add(record)
    }
    (self.state, self.latest, records) = (state, latest, end)
  }
}
