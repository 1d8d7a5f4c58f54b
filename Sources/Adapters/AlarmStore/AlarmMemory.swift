// What the daemon remembers, and how it finds its place again.
//
//   file                              written                                     read at start
//   feed/consumers/alarmd             replaced, when the cursor has moved         where to go on in feed and history
//   alarms/history/PART.jsonl         appended, each batch of outcomes synced;    which outcomes behind the cursor are final, how
//                                     the rest before the cursor moves            often the others were tried
//   alarms/started                    appended and synced before a hook starts;   which runs were cut off
//                                     begun anew when nothing runs
//   alarms/recovered                  appended and synced before a missing       which events are marked so; emptied when all
//                                     event is put into the feed                  are dealt with
//   alarms/dead/HOOK/ID.json          replaced, before the line `dead`            -
//   alarms/replay/HOOK/ID.json        made by `msg-alarmd replay`, removed           what is to be made again
//                                     after its final line
//
// The cursor file may be older than the truth, never newer. Without it, or when it is damaged, the whole history is read, and
// nothing whose outcome stands there is run again.

package import Alarms
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The daemon's memory on disk.
package final class AlarmMemory: AlarmRecord {
  private let history: HistoryLog
  private let reader: HistoryReader
  private let cursorFile: CursorFile
  private let marks: StartedMarks
  private let recovered: RecoveredMarks
  private let dead: DeadLetters
  private let replays: Replays
  private let folder: Directory
  /// Less free than this, and nothing new is begun: what hooks answer has to be written down.
  private static let leastRoom: Int64 = 1 << 20
  /// Bytes of one file of the history, and how many files there are at least before any has to go.
  private static let largestPart: Int64 = 16 << 20
  private static let leastParts: Int64 = 16
  private var firstLines = FirstLines()
  private var historyBound: (age: Duration, bytes: Int64) = (.days(90), 1 << 28)
  /// Where to begin reading when there is no such line.
  private var end = HistoryPosition.beginning

  /// Makes what is missing of `alarms/` and `feed/consumers/`.
  package init(root: SpoolRoot) throws(SystemError) {
    let alarms = try root.ensureFolder(.alarms)
    folder = try root.ensureFolder(.history)
    history = HistoryLog(root: root, directory: folder)
    reader = HistoryReader(directory: folder)
    cursorFile = CursorFile(root: root)
    marks = try StartedMarks(root: root, alarms: alarms)
    recovered = RecoveredMarks(root: root, alarms: alarms)
    dead = DeadLetters(root: root)
    replays = Replays(root: root)
  }

  /// What stands in the files.
  package func recall() throws(Failure) -> RecoveredState {
    var memory = RecoveredState()
    let content = try onSpool(cursorFile.read())
    memory.cursor = content?.cursor
    if let content { end = content.position }
    try reader.forEach(behind: content?.position) { line, position throws(Failure) in
      // A digest's outcome has the number of its first item, and is that of items behind the cursor too.
      guard line.sequence > content?.cursor ?? 0 || line.kind == .digest else { return true }
      firstLines.note(line.sequence, at: position)
      memory.take(line)
      return true
    }
    for mark in marks.marks { memory.take(started: mark.alarm, by: mark.hook, attempt: mark.attempt) }
    memory.recovered = try onSpool(recovered.read())
    return memory
  }
}

extension AlarmMemory {
  package func append(_ lines: [HistoryLine]) throws(Failure) {
    try note(lines)
    try sync()
  }

  /// Makes durable what was only noted.
  package func sync() throws(Failure) {
    do throws(SystemError) { try history.sync() } catch { throw unwritable("the history", error) }
  }

  package func note(_ lines: [HistoryLine]) throws(Failure) {
    do throws(SystemError) {
      let positions = try history.append(lines)
      for (line, position) in zip(lines, positions) { firstLines.note(line.sequence, at: position) }
      end = history.end ?? end
    } catch { throw unwritable("the history", error) }
  }

  package func markStarted(_ deliveries: [Delivery]) throws(Failure) {
    do throws(SystemError) { try marks.add(deliveries) } catch { throw unwritable("the list of started hooks", error) }
  }

  package func clearStarted() throws(Failure) {
    do throws(SystemError) { try marks.clear() } catch { throw unwritable("the list of started hooks", error) }
  }

  package func bury(_ delivery: Delivery, call: HookCall?, line: HistoryLine) throws(Failure) {
    do throws(SystemError) { try dead.keep(delivery, call: call, line: line) } catch { throw unwritable("a dead letter", error) }
  }

  package func endReplay(of delivery: Delivery) throws(Failure) {
    do throws(SystemError) { try replays.remove(delivery.alarm.id, hook: delivery.hook) } catch { throw unwritable("a replay", error) }
  }

  /// Marks events that are about to be put into the feed. Durable when it returns.
  package func markRecovered(_ alarms: [AlarmID]) throws(Failure) {
    do throws(SystemError) { try recovered.add(alarms) } catch { throw unwritable("the list of recovered events", error) }
  }

  /// All of them are dealt with.
  package func clearRecovered() throws(Failure) {
    do throws(SystemError) { try recovered.clear() } catch { throw unwritable("the list of recovered events", error) }
  }

  /// Which of these alarms have a final outcome in the history since a time, whatever hook it was by.
  package func settled(among alarms: Set<AlarmID>, since: Timestamp?) throws(Failure) -> Set<AlarmID> {
    var settled: Set<AlarmID> = []
    var digested: [AlarmID: AlarmID] = [:]
    var digests: Set<AlarmID> = []
    try reader.forEach(from: since) { line in
      guard let alarm = line.alarm else { return true }
      if alarms.contains(alarm) {
        if line.isFinal { settled.insert(alarm) }
        if line.state == .digested { digested[alarm] = line.digest }
      } else if line.kind == .digest, line.isFinal {
        digests.insert(alarm)
      }
      return true
    }
    return settled.union(digested.filter { digests.contains($0.value) }.keys)
  }

  /// How long and how large the history may become. It is kept in parts so small that the bound is held to closely.
  package func bound(age: Duration, bytes: Int64) {
    historyBound = (age, bytes)
    history.partSize = Int(min(AlarmMemory.largestPart, bytes / AlarmMemory.leastParts))
  }

  /// Whether the history has grown by a file since it was pruned.
  package var isToBePruned: Bool { history.hasBegunPart }

  /// Removes what is beyond the bound; never what may be read again.
  package func prune(now: Timestamp) throws(Failure) {
    do throws(SystemError) {
      let oldest = HistoryLog.day(of: now.subtracting(historyBound.age))
      try history.prune(before: oldest, bytes: historyBound.bytes, needed: min(firstLines.lowest ?? end, end).part)
    } catch { throw unwritable("the history", error) }
  }

  package func hasRoom() throws(Failure) -> Bool {
    do throws(SystemError) { return try folder.freeBytes().map { $0 >= AlarmMemory.leastRoom } ?? true } catch {
      throw unwritable("the history", error)
    }
  }

  package func moveCursor(to sequence: Int) throws(Failure) {
    try sync()
    firstLines.forget(upTo: sequence)
    do throws(SystemError) {
      try cursorFile.write(CursorFile.SavedCursor(cursor: sequence, position: firstLines.lowest ?? end))
    } catch { throw unwritable("the cursor", error) }
  }

  /// What cannot be remembered must not go on: the daemon ends, and starts again where its memory stands.
  private func unwritable(_ what: String, _ error: SystemError) -> Failure {
    Failure(.inputOutput, "\(what) cannot be written: \(error)", remedy: "make room or see to the disk, then start msg-alarmd again")
  }
}

/// The daemon's position in the feed, readable while it runs or not.
package struct Progress: Hashable, Sendable {
  /// Nil before the first start.
  package let cursor: Int?

  package init(root: SpoolRoot) throws(SystemError) {
    do {
      let directory = try root.folderIfPresent(.consumers)
      cursor = try directory.flatMap { directory throws(SystemError) in try CursorFile.read(in: directory) }?.cursor
    } catch {
      // What is wrong with the feed is reported by its reader.
      guard error.code == .notDirectory || error.code == .loop else { throw error }
      cursor = nil
    }
  }
}
