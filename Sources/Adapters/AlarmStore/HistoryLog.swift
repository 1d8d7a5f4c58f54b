internal import SpoolLayout
internal import DurableFiles
internal import Alarms
internal import JSONText
internal import SharedKernel
internal import SystemCalls

/// Appends to `alarms/history/YYYY-MM-DD.jsonl`, one line an outcome. Only the daemon writes, and it is alone (`InstanceLock`).
/// A file that has become large is followed by another part of its day (`HistoryPart`), so that a bound can be held to.
///
/// A file's day is that of its lines, or later: when the clock is set back, lines go on in the newest file, so that what was
/// written later is always read later.
///
/// A crash may leave the last line torn; the next line then begins on a line of its own and readers pass the torn one over.
final class HistoryLog {
  private let root: SpoolRoot
  private let directory: Directory
  private var file: (part: HistoryPart, descriptor: Box, end: Int)?
  private var isUnsynced = false
  private var failure: SystemError?
  /// Bytes after which another part is begun.
  var partSize = 16 << 20
  /// Whether files were begun since the last call, so that others may have to go.
  var hasBegunPart = false

  /// Lets a descriptor be kept in a tuple.
  private final class Box {
    let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
  }

  /// `directory` is the open folder of the history.
  init(root: SpoolRoot, directory: Directory) { (self.root, self.directory) = (root, directory) }

  /// Appends the lines to the files of their days, one write a file, and says where each begins. Durable after the next `sync`.
  func append(_ lines: [HistoryLine]) throws(SystemError) -> [HistoryPosition] {
    if let failure { throw failure }
    var positions: [HistoryPosition] = []
    var rest = lines[...]
    var newest = file?.part
    if file == nil { newest = try HistoryLog.parts(in: directory).last }
    while let first = rest.first {
      let day = HistoryLog.day(of: first.time)
      var part = newest.map { $0.day >= day ? $0 : HistoryPart(day: day) } ?? HistoryPart(day: day)
      var (log, end) = try open(part)
      while end >= partSize {
        part = part.next
        (log, end) = try open(part)
      }
      newest = part
      var bytes: [UInt8] = []
      while let line = rest.first, HistoryLog.day(of: line.time) <= part.day, end + bytes.count < partSize {
        positions.append(HistoryPosition(part: part, offset: end + bytes.count))
        bytes += Array(line.json.line.utf8) + [10]
        rest.removeFirst()
      }
      try orFail { () throws(SystemError) in try log.descriptor.write(all: bytes, at: end) }
      file = (part, log, end + bytes.count)
      isUnsynced = true
    }
    return positions
  }

  /// Makes what was appended durable.
  func sync() throws(SystemError) {
    if let failure { throw failure }
    guard isUnsynced, let file else { return }
    try orFail { () throws(SystemError) in try file.descriptor.descriptor.syncData() }
    isUnsynced = false
  }

  /// After a failure it is unknown what is in the file, and another sync would say nothing of what was lost: it is the last thing that
  /// is tried. What is left of a line is cut off from what follows when the file is opened again.
  private func orFail(_ body: () throws(SystemError) -> Void) throws(SystemError) {
    do throws(SystemError) { try body() } catch {
      failure = error
      throw error
    }
  }

  /// Behind the line that was written last; nil before the first.
  var end: HistoryPosition? { file.map { HistoryPosition(part: $0.part, offset: $0.end) } }

  static func day(of time: Timestamp) -> String { String(time.rfc3339.prefix(10)) }

  /// The files there are, oldest first.
  static func parts(in directory: Directory) throws(SystemError) -> [HistoryPart] {
    try directory.names(of: .file).compactMap { $0.hasSuffix(".jsonl") ? HistoryPart($0.dropLast(6)) : nil }.sorted()
  }

  /// Removes the files of days before `oldest`, and the oldest ones beyond so many bytes, but neither the newest nor what is
  /// needed from a part on.
  func prune(before oldest: String, bytes: Int64, needed: HistoryPart) throws(SystemError) {
    var parts: [(part: HistoryPart, size: Int64)] = []
    for part in try HistoryLog.parts(in: directory) { parts.append((part, Int64(try directory.status(of: part.fileName)?.size ?? 0))) }
    var total = parts.reduce(0) { $0 + $1.size }
    for (part, size) in parts.dropLast() where part < needed && (part.day < oldest || total > bytes) {
      try directory.remove(part.fileName)
      total -= size
    }
    hasBegunPart = false
  }

  private func open(_ part: HistoryPart) throws(SystemError) -> (log: Box, end: Int) {
    if let file, file.part == part { return (file.descriptor, file.end) }
    try sync()
    let isNew = try directory.status(of: part.fileName) == nil
    let box = Box(try root.openOrCreate(part.fileName, in: directory))
    if isNew {
      try directory.sync()
      hasBegunPart = true
    }
    var end = try box.descriptor.status().size
    if end > 0, try box.descriptor.read(1, at: end - 1) != [10] {
      try box.descriptor.write(all: [10], at: end)
      end += 1
    }
    return (box, end)
  }
}
