internal import DurableFiles
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// `feed/consumers/alarmd`: `<cursor> <part> <offset>` on one line, the part as the history's file is called, without its ending. Up to the
/// cursor every outcome is final; from that place in the history on there may be lines about what is behind it.
struct CursorFile {
  struct SavedCursor: Hashable {
    let cursor: Int
    let position: HistoryPosition
  }

  private static let name = SpoolFile.cursor.name
  private let root: SpoolRoot

  init(root: SpoolRoot) { self.root = root }

  /// Nil where there is none, or where it is damaged: the whole history then tells what is done.
  func read() throws(SystemError) -> SavedCursor? {
    guard let directory = try root.folderIfPresent(.consumers) else { return nil }
    return try CursorFile.read(in: directory)
  }

  static func read(in directory: Directory) throws(SystemError) -> SavedCursor? {
    guard let bytes = try directory.smallFile(name, limit: SizeLimit.line), bytes.last == 10 else { return nil }
    let words = String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: " ")
    guard words.count == 3, let cursor = Int(words[0]), cursor >= 0, let part = HistoryPart(words[1]), let offset = Int(words[2]),
      offset >= 0
    else { return nil }
    return SavedCursor(cursor: cursor, position: HistoryPosition(part: part, offset: offset))
  }

  /// Replaces the file atomically and durably, making its folder where it was removed.
  func write(_ content: SavedCursor) throws(SystemError) {
    let file = try root.temporaryFile("cursor")
    try file.write(Array("\(content.cursor) \(content.position.part) \(content.position.offset)\n".utf8))
    try file.publish(in: root.ensureFolder(.consumers), replacing: CursorFile.name)
  }
}
