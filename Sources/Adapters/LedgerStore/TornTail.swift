internal import DurableFiles
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension LedgerFile {
  /// How many whole records the segment has. What a crash left behind them is cut off by a writer and overlooked by a reader.
  /// `seen` is how many bytes were known to be whole in this boot.
  func wholeRecords(of segment: Segment, seen: Int) throws(Failure) -> Int {
    let size = segment.status.size
    if seen > size {
      throw .corrupt(
        segment: segment.number, record: size / Record.length + 1, "is missing: \(seen) bytes were there, \(size) are left")
    }
    let count = size / Record.length
    if size % Record.length == 0, count > 0, try !segment.hasZeros(count - 1) { return count }
    return try cut(segment, size, seen)
  }

  private func cut(_ segment: Segment, _ size: Int, _ seen: Int) throws(Failure) -> Int {
    // Backwards over records with zeros in them, to the last one that is whole.
    var count = size / Record.length
    while count > 0, try segment.hasZeros(count - 1) { count -= 1 }
    guard count > 0, let headLength = try segment.headLength(), count >= headLength else {
      throw .corrupt(segment: segment.number, record: count + 1, "is no record, and the segment's head is incomplete")
    }
    _ = try segment.record(count - 1)
    let start = count * Record.length
    let tail = try onDisk { () throws(SystemError) in try segment.file.read(size - start, at: start) }
    guard TornTail.mayBeCut(tail) else {
      throw .corrupt(segment: segment.number, record: count + 1, "is damaged and something follows it")
    }
    if seen > start { throw .corrupt(segment: segment.number, record: count + 1, "was whole and no longer is") }
    if try Segment.open(segment.number + 1, in: root) != nil {
      throw .corrupt(segment: segment.number, record: count + 1, "is incomplete, and a later segment exists")
    }
    if purpose == .writing {
      try keep(tail, of: segment, from: start)
      try onDisk { () throws(SystemError) in try segment.file.truncate(to: start) }
      try makeDurable(segment)
    }
    return count
  }

  /// Puts the bytes into `bad/`, durably: perhaps they tell somebody something.
  private func keep(_ bytes: [UInt8], of segment: Segment, from start: Int) throws(Failure) {
    try onDisk { () throws(SystemError) in
      let bad = try root.ensureFolder(.bad)
      let noise = hexadecimal(try randomBytes(4))
      let file = try root.temporaryFile("ledger-tail")
      try file.write(bytes)
      try file.publish(in: bad, as: "ledger-\(LedgerPaths.name(segment.number)).tail-\(start).\(noise)")
    }
  }
}

enum TornTail {
  /// Whether bytes at the very end of a ledger can be what a crash left of an append: a record cut short, or one that a
  /// power cut filled up with zeros, and then nothing but zeros.
  static func mayBeCut(_ bytes: [UInt8]) -> Bool {
    if bytes.count < Record.length { return true }
    guard let zero = bytes.firstIndex(of: 0), zero < Record.length else { return false }
    return bytes[zero...].allSatisfy { $0 == 0 }
  }
}
