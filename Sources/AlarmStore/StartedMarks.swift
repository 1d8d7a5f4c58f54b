internal import Alarms
internal import SharedKernel
internal import SystemCalls

/// `alarms/started`: `<alarm id> <hook> <attempt>` a line for each run that was begun since nothing was running last.
/// A mark whose attempt has no outcome in the history is a run that was cut off.
final class StartedMarks {
  struct Mark: Hashable {
    let alarm: AlarmID
    let hook: HookName
    let attempt: Int
  }

  private static let name = "started"
  private let file: FileDescriptor
  private var end: Int

  init(alarms directory: Directory, fileMode: UInt32) throws(SystemError) {
    let isNew = try directory.status(of: StartedMarks.name) == nil
    file = try directory.open(StartedMarks.name, .create, mode: fileMode)
    if isNew { try directory.sync() }
    end = try file.status().size
  }

  /// The marks that are there; a torn last line was never acted upon.
  func read() throws(SystemError) -> [Mark] {
    let lines = String(decoding: try file.read(end, at: 0), as: UTF8.self).split(separator: "\n")
    return lines.compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, let alarm = AlarmID(words[0]), let hook = HookName(String(words[1])), let attempt = Int(words[2]) else {
        return nil
      }
      return Mark(alarm: alarm, hook: hook, attempt: attempt)
    }
  }

  /// Durable when it returns: a power cut is no excuse for an unmarked repeat.
  func add(_ deliveries: [Delivery]) throws(SystemError) {
    // A line feed first ends a line that was torn.
    let text = "\n" + deliveries.map { "\($0.alarm.id) \($0.hook) \($0.attempt)\n" }.joined()
    let bytes = Array(text.utf8)
    try file.write(all: bytes, at: end)
    try file.syncData()
    end += bytes.count
  }

  /// Forgets all. Not synced: marks that come back have their outcomes in the history.
  func clear() throws(SystemError) {
    try file.truncate(to: 0)
    end = 0
  }
}
