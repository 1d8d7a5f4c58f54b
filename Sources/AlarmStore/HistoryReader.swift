package import Alarms
internal import JSONText
package import SharedKernel
package import SystemCalls

/// Reads the history, oldest first. Lines that are torn or not ours are passed over, and counted.
package struct HistoryReader {
  private let directory: Directory?

  /// `root` is the spool's; a history that was never begun is empty.
  package init(root: Directory) throws(SystemError) { directory = try root.directoryIfPresent("alarms/history") }

  init(directory: Directory) { self.directory = directory }

  /// Calls `body` with each line of the days from `first` to `last` (nil: no bound), until it returns false. How many lines
  /// on the way are none; what is being written, or was when the daemon was killed, stands at the end and is not counted.
  @discardableResult
  package func forEach(
    from first: Timestamp? = nil, to last: Timestamp? = nil, _ body: (HistoryLine) throws -> Bool
  ) throws -> Int {
    var damaged = 0
    let days = try days().filter { day in
      first.map { HistoryLog.day(of: $0) <= day } ?? true && last.map { day <= HistoryLog.day(of: $0) } ?? true
    }
    for day in days {
      guard try read(HistoryPosition(day: day, offset: 0), &damaged, { line, _ in try body(line) }) else { break }
    }
    return damaged
  }

  /// Calls `body` with each line at or behind a position, or with all of them.
  func forEach(behind position: HistoryPosition?, _ body: (HistoryLine, HistoryPosition) throws -> Void) throws {
    var damaged = 0
    for day in try days() where day >= position?.day ?? "" {
      let offset = day == position?.day ? position?.offset ?? 0 : 0
      _ = try read(HistoryPosition(day: day, offset: offset), &damaged) { line, place in
        try body(line, place)
        return true
      }
    }
  }

  private func days() throws(SystemError) -> [String] {
    guard let directory else { return [] }
    return try directory.list().entries.compactMap { entry in
      let day = entry.name.prefix(10)
      return entry.name == HistoryLog.fileName(String(day)) && Timestamp(rfc3339: "\(day)T00:00:00Z") != nil ? String(day) : nil
    }.sorted()
  }

  /// False when `body` wanted no more.
  private func read(
    _ start: HistoryPosition, _ damaged: inout Int, _ body: (HistoryLine, HistoryPosition) throws -> Bool
  ) throws -> Bool {
    guard let directory else { return true }
    let file = try directory.open(HistoryLog.fileName(start.day), .read)
    let size = try file.status().size
    // A position behind the end is of another file: all of this one is read.
    let offset = start.offset <= size ? start.offset : 0
    let bytes = try file.read(size - offset, at: offset)
    var position = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: 10) ?? bytes.count
      let place = HistoryPosition(day: start.day, offset: offset + position)
      let text = String(decoding: bytes[position..<end], as: UTF8.self)
      position = end + 1
      guard let json = try? JSONValue(parsing: text), let line = HistoryLine(json) else {
        if end < bytes.count, !text.isEmpty { damaged += 1 }
        continue
      }
      if try !body(line, place) { return false }
    }
    return true
  }
}
