internal import DurableFiles
internal import Ledger
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension LedgerFile {
  func isFull(_ records: Int) -> Bool { records * Record.length >= settings.segmentSize }

  /// Seals a full segment where that is still to be done and makes the next one. False when it is too small to be ended:
  /// a segment is at least twice as long as its head, so that balances alone never fill the disk.
  func finishSegment(_ segment: Segment, _ count: Int, _ tail: Record) throws(Failure) -> Bool {
    if tail.content != .seal {
      guard let length = try segment.headLength() else {
        throw .corrupt(segment: segment.number, record: 1, "is not the head of a segment")
      }
      if count < 2 * length { return false }
    }
    // Reading all of it before it is closed for good also finds damage while a copy may still be at hand.
    let start: Link? = segment.number == LedgerPaths.firstSegment ? .start : nil
    var state = BookState()
    var latest = clock.now()
    let end = try segment.scan(from: 0, to: count, after: start) { record, _ throws(Failure) in
      latest = max(latest, record.time)
      try state.add(record)
    }
    guard var link = end else { throw .corrupt(segment: segment.number, record: 1, "is missing") }
    if tail.content != .seal {
      var writer = RecordWriter(after: link)
      writer.add(.seal, at: latest)
      let bytes = writer.bytes
      try onDisk { () throws(SystemError) in try segment.file.write(all: bytes, at: count * Record.length) }
      link = writer.link
    }
    // Also when somebody else wrote the seal: whether it was synced nobody knows.
    try makeDurable(segment)
    try createSegment(segment.number + 1, after: link, state)
    return true
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
