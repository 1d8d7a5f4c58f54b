internal import Alarms
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// `alarms/started`: `<alarm id> <hook> <attempt>` a line for each run that was begun since nothing was running last, then a line `-`.
/// A mark whose attempt has no outcome in the history is a run that was cut off.
///
/// The file is written over from its front and never cut: a sync that has no new size to record is the cheaper one. What stands
/// behind the `-` is of earlier times. Where a write was torn it may be read all the same, which does no harm: those marks have
/// their outcomes in the history, or lie in front of the cursor.
final class StartedMarks {
  struct StartedRun: Hashable {
    let alarm: AlarmID
    let hook: HookName
    let attempt: Int
  }

  private static let name = SpoolFile.startedRuns.name
  private static let endMark = Array("-\n".utf8)
  private let file: FileDescriptor
  /// Those that were there at the start.
  let marks: [StartedRun]
  /// Where the `-` stands, or is to be put.
  private var end: Int

  init(root: SpoolRoot, alarms directory: Directory) throws(SystemError) {
    let isNew = try directory.status(of: StartedMarks.name) == nil
    file = try root.openOrCreate(StartedMarks.name, in: directory)
    if isNew { try directory.sync() }
    (marks, end) = try StartedMarks.read(file)
  }

  /// The marks that count, and where they end: at the `-`, or at something that is no line of ours, or a torn last line that was never
  /// acted upon.
  private static func read(_ file: borrowing FileDescriptor) throws(SystemError) -> (marks: [StartedRun], end: Int) {
    var (lines, marks) = (FileLines(from: 0), [StartedRun]())
    while let line = try lines.next(in: file) {
      guard let bytes = line.bytes, !bytes.elementsEqual(endMark.dropLast()) else { return (marks, line.offset) }
      let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
      guard words.count == 3, let alarm = AlarmID(words[0]), let hook = HookName(String(words[1])), let attempt = Int(words[2]) else {
        continue
      }
      marks.append(StartedRun(alarm: alarm, hook: hook, attempt: attempt))
    }
    return (marks, lines.end)
  }

  /// Durable when it returns: a power cut is no excuse for an unmarked repeat.
  func add(_ deliveries: [Delivery]) throws(SystemError) {
    // A line feed first ends a line that was torn.
    let text = "\n" + deliveries.map { "\($0.alarm.id) \($0.hook) \($0.attempt)\n" }.joined()
    let bytes = Array(text.utf8)
    try file.write(all: bytes + StartedMarks.endMark, at: end)
    try file.syncData()
    end += bytes.count
  }

  /// Forgets all. Not synced: marks that come back have their outcomes in the history.
  func clear() throws(SystemError) {
    try file.write(all: StartedMarks.endMark, at: 0)
    end = 0
  }
}
