internal import DurableFiles
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension LedgerFile {
  /// How many whole records the segment has. What a crash left behind them is cut off by a writer and overlooked by a reader.
  /// `seen` is how many bytes were known to be whole in this boot.
  func wholeRecords(of segment: Segment, seen: Int) throws(Failure) -> Int {
    switch try judgeTail(of: segment, seen: seen) {
    case .whole(let count): return count
    case .damaged(let record, let what): throw .corrupt(segment: segment.number, record: record, what)
    case .torn(let count):
      if purpose == .writing {
        let start = count * Record.length
        let tail = try onDisk { () throws(SystemError) in try segment.file.read(segment.status.size - start, at: start) }
        try keep(tail, of: segment, from: start)
        try onDisk { () throws(SystemError) in try segment.file.truncate(to: start) }
        try makeDurable(segment)
      }
      return count
    }
  }

  /// What the end of a segment is.
  enum Tail {
    /// So many records and nothing else.
    case whole(Int)
    /// So many records, and behind them what a crash left of an append.
    case torn(Int)
    /// A record, counted from 1, is not what was written.
    case damaged(record: Int, String)
  }

  /// Judges the end of a segment and changes nothing.
  func judgeTail(of segment: Segment, seen: Int) throws(Failure) -> Tail {
    let size = segment.status.size
    if seen > size {
      return .damaged(record: size / Record.length + 1, "is missing: \(seen) bytes were there, \(size) are left")
    }
    let count = size / Record.length
    if size % Record.length == 0, count > 0, try !segment.hasZeros(count - 1) {
      if seen == size { return .whole(count) }
      // What cannot be read as a record is found by its next reader.
      guard let last = try? segment.record(count - 1), last.part != nil, try segment.startOfIncompleteAppend(before: count) != nil else {
        return .whole(count)
      }
    }
    return try judgeTornTail(of: segment, seen)
  }

  private func judgeTornTail(of segment: Segment, _ seen: Int) throws(Failure) -> Tail {
    let size = segment.status.size
    // Backwards over records with zeros in them, to the last one that is whole, and over an append that is not.
    var count = size / Record.length
    while count > 0, try segment.hasZeros(count - 1) { count -= 1 }
    let append = try segment.startOfIncompleteAppend(before: count)
    count = append ?? count
    guard count > 0, let headLength = try segment.headLength(), count >= headLength else {
      return .damaged(record: count + 1, "is no record, and the segment's head is incomplete")
    }
    _ = try segment.record(count - 1)
    let start = count * Record.length
    let tail = try onDisk { () throws(SystemError) in try segment.file.read(size - start, at: start) }
    guard append != nil || TornTail.mayBeCut(tail) else { return .damaged(record: count + 1, "is damaged and something follows it") }
    if seen > start { return .damaged(record: count + 1, "was whole and no longer is") }
    if try Segment.open(segment.number + 1, in: root) != nil {
      return .damaged(record: count + 1, "is incomplete, and a later segment exists")
    }
    return .torn(count)
  }

  /// Puts the bytes into `bad/`, durably: perhaps they help a person.
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

extension Segment {
  /// Where the append begins that the record before index `end` belongs to, when it is not whole: a member is missing behind `end`, or
  /// holds the zeros that a power cut left, and only zeros follow. Nil where it is whole, where the record was appended alone, and where
  /// anything in its place is neither a member nor torn: that is damage.
  func startOfIncompleteAppend(before end: Int) throws(Failure) -> Int? {
    guard end > 0, let last = try? record(end - 1), let part = last.part, end >= part.number else { return nil }
    let start = end - part.number
    let behind = (start + part.count) * Record.length
    if status.size > behind {
      let bytes = try onDisk { () throws(SystemError) in try file.read(status.size - behind, at: behind) }
      guard bytes.allSatisfy({ $0 == 0 }) else { return nil }
    }
    var isIncomplete = end < start + part.count
    for index in start..<end - 1 {
      if let member = try? record(index) {
        guard member.part == AppendPart(index - start + 1, of: part.count), member.sequence == last.sequence - Int64(end - 1 - index) else {
          return nil
        }
      } else if try hasZeros(index) {
        isIncomplete = true
      } else {
        return nil
      }
    }
    return isIncomplete ? start : nil
  }
}

extension Segment {
  /// Where the records end of which a repair has to make something, when the last append in the file is not whole; nil when it is.
  func endWithoutTornAppend() throws(Failure) -> Int? {
    var end = status.size / Record.length
    while end > 0, (try? record(end - 1)) == nil { end -= 1 }
    return try startOfIncompleteAppend(before: end)
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
