internal import SystemCalls

/// Reads the lines of a file from a byte offset on, however large it is: bytes that the file does not hold (a hole) are not read, and no
/// more of a line is kept than a line of ours may have.
struct FileLines {
  struct FileLine {
    /// Without its line feed; nil for one that is too long, or has a hole.
    let bytes: ArraySlice<UInt8>?
    /// Of its first byte in the file.
    let offset: Int
  }

  /// Bytes read at a time.
  private static let chunk = 1 << 18
  /// Bytes of the longest line.
  private static let longest = 1 << 20

  /// The offset behind the last line feed that was met.
  private(set) var end: Int
  private var unread: Int
  /// What was read and not searched for a line feed yet; `unread` is the offset behind it.
  private var part: ArraySlice<UInt8> = []
  /// The beginning of a line, from `end` on.
  private var rest: [UInt8] = []
  private var isDamaged = false

  init(from offset: Int) { (end, unread) = (offset, offset) }

  /// The next line that has a line feed; nil at the end of the file.
  mutating func next(in file: borrowing FileDescriptor) throws(SystemError) -> FileLine? {
    while true {
      if let index = part.firstIndex(of: 10) { return line(endingAt: index) }
      rest += part
      isDamaged = isDamaged || rest.count > FileLines.longest
      if isDamaged { rest = [] }
      part = try file.read(FileLines.chunk, at: unread)[...]
      guard let first = part.first else { return nil }
      if first == 0 {
        guard let data = try file.nextData(from: unread) else {
          part = []
          return nil
        }
        if data > unread { (part, unread, isDamaged) = ([], data, true) }
      }
      unread += part.count
    }
  }

  private mutating func line(endingAt index: Int) -> FileLine {
    let bytes = isDamaged ? nil : rest.isEmpty ? part[..<index] : rest[...] + part[..<index]
    let line = FileLine(bytes: bytes, offset: end)
    part = part[(index + 1)...]
    (end, rest, isDamaged) = (unread - part.count, [], false)
    return line
  }
}
