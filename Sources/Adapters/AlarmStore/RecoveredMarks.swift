internal import Alarms
internal import SpoolLayout
internal import SystemCalls

/// `alarms/recovered`: an alarm id a line, for each event that the feed had missed and that was, or is about to be, put into it.
struct RecoveredMarks {
  private static let name = SpoolFile.recoveredEvents.name
  private let root: SpoolRoot
  private let directory: Directory

  /// `directory` is the open folder `alarms/`.
  init(root: SpoolRoot, alarms directory: Directory) { (self.root, self.directory) = (root, directory) }

  func read() throws(SystemError) -> Set<AlarmID> {
    guard try directory.status(of: RecoveredMarks.name) != nil else { return [] }
    let file = try directory.open(RecoveredMarks.name, .read)
    var (lines, alarms) = (FileLines(from: 0), Set<AlarmID>())
    while let line = try lines.next(in: file) {
      if let alarm = line.bytes.flatMap({ AlarmID(String(decoding: $0, as: UTF8.self)) }) { alarms.insert(alarm) }
    }
    return alarms
  }

  /// Durable when it returns.
  func add(_ alarms: [AlarmID]) throws(SystemError) {
    let file = try root.openOrCreate(RecoveredMarks.name, in: directory)
    // A line feed first ends a line that was torn.
    try file.write(all: Array(("\n" + alarms.map { "\($0)\n" }.joined()).utf8), at: try file.status().size)
    try file.syncData()
    try directory.sync()
  }

  /// Forgets all. Not synced: marks that come back are of events that are dealt with.
  func clear() throws(SystemError) { try directory.remove(RecoveredMarks.name) }
}
