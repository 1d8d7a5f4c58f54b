internal import DurableFiles
internal import Alarms
internal import JSONText
internal import SharedKernel
internal import SystemCalls

/// Appends to `alarms/history/YYYY-MM-DD.jsonl`, one line an outcome. Only the daemon writes, and it is alone (`InstanceLock`).
///
/// A file's day is that of its lines, or later: when the clock is set back, lines go on in the newest file, so that what was
/// written later is always read later.
///
/// A crash may leave the last line torn; the next line then begins on a line of its own and readers pass the torn one over.
final class HistoryLog {
  private let directory: Directory
  private let fileMode: UInt32
  private var file: (day: String, descriptor: Box, end: Int)?
  private var isUnsynced = false
  private var failure: SystemError?

  /// Lets a descriptor be kept in a tuple.
  private final class Box {
    let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
  }

  init(directory: Directory, fileMode: UInt32) { (self.directory, self.fileMode) = (directory, fileMode) }

  /// Appends the lines to the files of their days, one write a file, and says where each begins. Durable after the next `sync`.
  func append(_ lines: [HistoryLine]) throws(SystemError) -> [HistoryPosition] {
    if let failure { throw failure }
    var positions: [HistoryPosition] = []
    var rest = lines[...]
    var newest = file?.day ?? ""
    if file == nil { newest = try HistoryLog.days(in: directory).last ?? "" }
    func fileDay(_ line: HistoryLine) -> String { max(newest, HistoryLog.day(of: line.time)) }
    while let day = rest.first.map(fileDay) {
      let part = rest.prefix { fileDay($0) == day }
      rest = rest.dropFirst(part.count)
      let (log, end) = try open(day)
      var bytes: [UInt8] = []
      for line in part {
        positions.append(HistoryPosition(day: day, offset: end + bytes.count))
        bytes += Array(line.json.line.utf8) + [10]
      }
      try orFail { () throws(SystemError) in try log.descriptor.write(all: bytes, at: end) }
      file = (day, log, end + bytes.count)
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

  /// After a failure nobody knows what is in the file, and another sync would say nothing of what was lost: it is the last thing that
  /// is tried. What is left of a line is cut off from what follows when the file is opened again.
  private func orFail(_ body: () throws(SystemError) -> Void) throws(SystemError) {
    do throws(SystemError) { try body() } catch {
      failure = error
      throw error
    }
  }

  /// Behind the line that was written last; nil before the first.
  var end: HistoryPosition? { file.map { HistoryPosition(day: $0.day, offset: $0.end) } }

  static func day(of time: Timestamp) -> String { String(time.rfc3339.prefix(10)) }

  static func fileName(_ day: String) -> String { "\(day).jsonl" }

  /// The days there are, oldest first.
  static func days(in directory: Directory) throws(SystemError) -> [String] {
    try directory.list().entries.compactMap { entry in
      let day = entry.name.prefix(10)
      return entry.name == fileName(String(day)) && Timestamp(rfc3339: "\(day)T00:00:00Z") != nil ? String(day) : nil
    }.sorted()
  }

  /// Removes the files of days before `oldest`, and the oldest ones beyond so many bytes, but neither the newest nor what is
  /// needed from a day on.
  func prune(before oldest: String, bytes: Int64, needed: String) throws(SystemError) {
    var days: [(day: String, size: Int64)] = []
    for day in try HistoryLog.days(in: directory) {
      days.append((day, Int64(try directory.status(of: HistoryLog.fileName(day))?.size ?? 0)))
    }
    var total = days.reduce(0) { $0 + $1.size }
    for (day, size) in days.dropLast() where day < needed && (day < oldest || total > bytes) {
      try directory.remove(HistoryLog.fileName(day))
      total -= size
    }
  }

  private func open(_ day: String) throws(SystemError) -> (log: Box, end: Int) {
    if let file, file.day == day { return (file.descriptor, file.end) }
    try sync()
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
