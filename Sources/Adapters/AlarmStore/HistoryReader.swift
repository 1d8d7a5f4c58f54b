package import Alarms
internal import JSONText
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// A place in the history: a file and a byte offset in it.
package struct HistoryPosition: Hashable, Comparable, Sendable {
  let part: HistoryPart
  let offset: Int

  /// Before the first line.
  static let beginning = HistoryPosition(part: .none, offset: 0)

  package static func < (left: HistoryPosition, right: HistoryPosition) -> Bool { (left.part, left.offset) < (right.part, right.offset) }
}

/// Reads the history, oldest first. Lines that are torn or not ours are passed over, and counted.
package struct HistoryReader {
  private let directory: Directory?

  /// `root` is the spool's; a history that was never begun is empty.
  package init(root: SpoolRoot) throws(SystemError) { directory = try root.folderIfPresent(.history) }

  init(directory: Directory) { self.directory = directory }

  /// The folder the history is in; nil where it was never begun.
  package var path: String? { directory?.path }

  /// Calls `body` with each line of the files that may hold lines since `first` (nil: of all), until it returns false. How many
  /// lines on the way are none; what is being written, or was when the daemon was killed, stands at the end and is not counted.
  @discardableResult
  package func forEach(from first: Timestamp? = nil, _ body: (HistoryLine) throws(Failure) -> Bool) throws(Failure) -> Int {
    var damaged = 0
    // A file may hold lines of days before its own, never of later ones.
    for part in try onSpool(parts()) where first.map({ HistoryLog.day(of: $0) <= part.day }) ?? true {
      let end = try read(HistoryPosition(part: part, offset: 0), &damaged) { line, _ throws(Failure) in try body(line) }
      if end == nil { break }
    }
    return damaged
  }

  /// The newest lines, at most `limit`, that `isWanted` and that a file may hold since `first` (nil: all), oldest first, and how many lines
  /// on the way are none. No older file is read than has to be.
  package func newest(
    _ limit: Int, from first: Timestamp?, where isWanted: (HistoryLine) -> Bool
  ) throws(Failure) -> (lines: [HistoryLine], damaged: Int) {
    var lines: [HistoryLine] = []
    var damaged = 0
    for part in try onSpool(parts()).reversed() where lines.count < limit && first.map({ HistoryLog.day(of: $0) <= part.day }) ?? true {
      let room = limit - lines.count
      var found: [HistoryLine] = []
      _ = try read(HistoryPosition(part: part, offset: 0), &damaged) { line, _ throws(Failure) in
        if isWanted(line) { found.append(line) }
        // Cut now and then, so that what is held is of the order of what is shown.
        if found.count / 2 > max(room, 64) { found.removeFirst(found.count - room) }
        return true
      }
      lines = found.suffix(room) + lines
    }
    return (lines, damaged)
  }

  /// Calls `body` with each line at or behind a position, or with all of them, and says where it stopped: behind the last whole
  /// line. Nil when `body` wanted no more.
  @discardableResult
  package func forEach(
    behind position: HistoryPosition?, _ body: (HistoryLine, HistoryPosition) throws(Failure) -> Bool
  ) throws(Failure) -> HistoryPosition? {
    var damaged = 0
    var last = position ?? .beginning
    for part in try onSpool(parts()) where part >= last.part {
      let start = HistoryPosition(part: part, offset: part == position?.part ? position?.offset ?? 0 : 0)
      guard let end = try read(start, &damaged, body) else { return nil }
      last = end
    }
    return last
  }

  /// How many of the last lines, in so many bytes of the newest file, are damaged: for `msg-alarmd status`.
  package func damagedLines(inLast bytes: Int) throws(Failure) -> Int {
    let end = try onSpool(end())
    var damaged = 0
    guard end.offset > 0 else { return 0 }
    _ = try read(HistoryPosition(part: end.part, offset: max(0, end.offset - bytes)), &damaged) { _, _ in true }
    // The first of them was cut by the bound.
    return end.offset > bytes ? max(0, damaged - 1) : damaged
  }

  /// Where the history ends now.
  package func end() throws(SystemError) -> HistoryPosition {
    guard let directory, let part = try parts().last else { return .beginning }
    return HistoryPosition(part: part, offset: try directory.status(of: part.fileName)?.size ?? 0)
  }

  private func parts() throws(SystemError) -> [HistoryPart] {
    guard let directory else { return [] }
    return try HistoryLog.parts(in: directory)
  }

  private func next(_ lines: inout FileLines, in file: borrowing FileDescriptor) throws(Failure) -> FileLines.FileLine? {
    do throws(SystemError) { return try lines.next(in: file) } catch { throw Failure(storage: error) }
  }

  /// The end of the last whole line; nil when `body` wanted no more.
  private func read(
    _ start: HistoryPosition, _ damaged: inout Int, _ body: (HistoryLine, HistoryPosition) throws(Failure) -> Bool
  ) throws(Failure) -> HistoryPosition? {
    guard let directory else { return start }
    // Gone: it grew too old since it was listed.
    guard let file = try onSpool(directory.fileIfPresent(start.part.fileName)) else { return start }
    return try read(file, start, &damaged, body)
  }

  private func read(
    _ file: borrowing FileDescriptor, _ start: HistoryPosition, _ damaged: inout Int,
    _ body: (HistoryLine, HistoryPosition) throws(Failure) -> Bool
  ) throws(Failure) -> HistoryPosition? {
    let size: Int
    do throws(SystemError) { size = try file.status().size } catch { throw Failure(storage: error) }
    // A position behind the end is of another file: all of this one is read.
    var lines = FileLines(from: start.offset <= size ? start.offset : 0)
    while let next = try next(&lines, in: file) {
      if let bytes = next.bytes, let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)), let line = HistoryLine(json) {
        if try !body(line, HistoryPosition(part: start.part, offset: next.offset)) { return nil }
      } else if next.bytes?.isEmpty != true {
        damaged += 1
      }
    }
    return HistoryPosition(part: start.part, offset: lines.end)
  }
}
