internal import DurableFiles
internal import Alarms
internal import JSONText
internal import SharedKernel
internal import SystemCalls

/// A place in the history: a day's file and a byte offset in it.
struct HistoryPosition: Hashable, Comparable {
  /// `YYYY-MM-DD`, UTC.
  let day: String
  let offset: Int

  static func < (left: HistoryPosition, right: HistoryPosition) -> Bool { (left.day, left.offset) < (right.day, right.offset) }
}

/// Appends to `alarms/history/YYYY-MM-DD.jsonl`, one line an outcome. Only the daemon writes, and it is alone (`InstanceLock`).
///
/// A crash may leave the last line torn; the next line then begins on a line of its own and readers pass the torn one over.
final class HistoryLog {
  private let directory: Directory
  private let fileMode: UInt32
  private var file: (day: String, descriptor: Box, end: Int)?

  /// Lets a descriptor be kept in a tuple.
  private final class Box {
    let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
  }

  init(directory: Directory, fileMode: UInt32) { (self.directory, self.fileMode) = (directory, fileMode) }

  /// Appends the lines to the files of their days, one write and one fdatasync a file, and says where each begins.
  func append(_ lines: [HistoryLine]) throws(SystemError) -> [HistoryPosition] {
    var positions: [HistoryPosition] = []
    var rest = lines[...]
    while let day = rest.first.map({ HistoryLog.day(of: $0.time) }) {
      let part = rest.prefix { HistoryLog.day(of: $0.time) == day }
      rest = rest.dropFirst(part.count)
      let (log, end) = try open(day)
      var bytes: [UInt8] = []
      for line in part {
        positions.append(HistoryPosition(day: day, offset: end + bytes.count))
        bytes += Array(line.json.line.utf8) + [10]
      }
      try log.descriptor.write(all: bytes, at: end)
      try log.descriptor.syncData()
      file = (day, log, end + bytes.count)
    }
    return positions
  }

  /// Behind the line that was written last; nil before the first.
  var end: HistoryPosition? { file.map { HistoryPosition(day: $0.day, offset: $0.end) } }

  static func day(of time: Timestamp) -> String { String(time.rfc3339.prefix(10)) }

  static func fileName(_ day: String) -> String { "\(day).jsonl" }

  private func open(_ day: String) throws(SystemError) -> (log: Box, end: Int) {
    if let file, file.day == day { return (file.descriptor, file.end) }
    let isNew = try directory.status(of: HistoryLog.fileName(day)) == nil
    let box = Box(try directory.open(HistoryLog.fileName(day), .create, mode: fileMode))
    if isNew { try directory.sync() }
    var end = try box.descriptor.status().size
    if end > 0, try box.descriptor.read(1, at: end - 1) != [10] {
      try box.descriptor.write(all: [10], at: end)
      end += 1
    }
    return (box, end)
  }
}
