internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// An open segment file of the ledger.
final class Segment {
  let number: Int
  let file: FileDescriptor
  let status: FileStatus
  /// Whether this process holds the lock on it.
  let isLocked: Bool

  /// The record read last: the tail is looked at more than once in a transaction.
  private var lastRead: (index: Int, record: Record)?

  private init(number: Int, file: consuming FileDescriptor, status: FileStatus, isLocked: Bool) {
    self.number = number
    self.file = file
    (self.status, self.isLocked) = (status, isLocked)
  }

  /// Opens a segment for reading, without a lock; nil where there is none.
  static func open(_ number: Int, in root: SpoolRoot) throws(Failure) -> Segment? {
    guard let file = try present(root, number, .read) else { return nil }
    let status = try onDisk { () throws(SystemError) in try file.status() }
    return Segment(number: number, file: file, status: status, isLocked: false)
  }

  /// Opens a segment and locks it; nil where there is none. A writer that has to wait too long gets 75, a reader goes on
  /// without the lock. A repair puts a new file in the place of an old one, so what was locked must still have the name.
  static func lock(_ number: Int, in root: SpoolRoot, for purpose: LedgerPurpose, wait: LockWait) throws(Failure) -> Segment? {
    for _ in 0..<64 {
      guard let file = try present(root, number, purpose == .writing ? .readWrite : .read) else { return nil }
      let isLocked = try onDisk { () throws(SystemError) in try file.lock(purpose == .writing ? .exclusive : .shared, wait: wait) }
      if !isLocked, purpose == .writing { throw .busy(segment: number) }
      // Another host may have appended while this one waited: what the kernel remembers of the size is not enough.
      let status = try onDisk { () throws(SystemError) in try root.isOnRemoteFileSystem ? file.currentStatus() : file.status() }
      let named = try onDisk { () throws(SystemError) in try root.directory.status(of: LedgerPaths.segment(number)) }
      if named?.identity == status.identity {
        guard status.kind == .file else {
          throw Failure(.cannotCreate, "\(file.path): not a file", remedy: "something else has the name: move it away")
        }
        return Segment(number: number, file: file, status: status, isLocked: isLocked)
      }
    }
    throw .busy(segment: number)
  }

  private static func present(_ root: SpoolRoot, _ number: Int, _ access: Directory.Access) throws(Failure) -> FileDescriptor? {
    do throws(SystemError) { return try root.directory.open(LedgerPaths.segment(number), access) } catch {
      if error.code == .noEntry { return nil }
      throw Failure(ledger: error)
    }
  }

  /// The record with that index, counted from 0; 65 when it is none.
  func record(_ index: Int) throws(Failure) -> Record {
    if let lastRead, lastRead.index == index { return lastRead.record }
    let bytes = try bytes(of: index)
    do throws(RecordDamage) {
      let record = try Record(decoding: bytes)
      lastRead = (index, record)
      return record
    } catch {
      throw .corrupt(segment: number, record: index + 1, error.what)
    }
  }

  /// The first record. What was read last stays at hand.
  func head() throws(Failure) -> Record {
    let last = lastRead
    defer { lastRead = last }
    return try record(0)
  }

  /// Whether there are zero bytes in the record with that index, as a power cut may leave them at the end.
  func hasZeros(_ index: Int) throws(Failure) -> Bool {
    let bytes = try bytes(of: index)
    if bytes.contains(0) { return true }
    if let record = try? Record(decoding: bytes) { lastRead = (index, record) }
    return false
  }

  private func bytes(of index: Int) throws(Failure) -> [UInt8] {
    try onDisk { () throws(SystemError) in try file.read(Record.length, at: index * Record.length) }
  }

  /// Every record from index `start` to before `end`, each checked against the one before it. `link` is what the first
  /// continues from; nil where that is not known. Returns what the next record continues from.
  @discardableResult
  func scan(
    from start: Int, to end: Int, after link: Link?, _ body: (Record, Int) throws(Failure) -> Void
  ) throws(Failure) -> Link? {
    var link = link
    var index = start
    while index < end {
      let count = min(128, end - index)
      let bytes = try onDisk { () throws(SystemError) in try file.read(count * Record.length, at: index * Record.length) }
      for slot in 0..<count {
        let record: Record
        do throws(RecordDamage) { record = try Record(at: slot, of: bytes, after: link) } catch {
          throw .corrupt(segment: number, record: index + 1, error.what)
        }
        try body(record, index)
        link = record.link
        index += 1
      }
    }
    return link
  }
}

extension Record {
  /// What the next record continues from.
  var link: Link { Link(sequence: sequence, chain: chain) }

  /// Record `slot` of `bytes`, which may end before it; with `link` it has to continue from there.
  init(at slot: Int, of bytes: [UInt8], after link: Link?) throws(RecordDamage) {
    let line = bytes[min(bytes.count, slot * Record.length)..<min(bytes.count, (slot + 1) * Record.length)]
    try self.init(decoding: line)
    if let link { try check(follows: link, body: line.prefix(Record.bodyLength)) }
  }

  /// Throws when the record is not the one that comes behind `link`.
  func check(follows link: Link, body: ArraySlice<UInt8>) throws(RecordDamage) {
    guard sequence == link.sequence + 1 else { throw RecordDamage(what: "has number \(sequence), expected \(link.sequence + 1)") }
    guard chain == link.chain.next(body: body) else {
      throw RecordDamage(what: "the chain is broken: this or an earlier record was changed")
    }
  }
}
