/// The end of what a hook prints; the rest is read and forgotten, so that it never waits for a reader.
struct OutputTail {
  private static let bound = 4096
  private var bytes: [UInt8] = []

  mutating func add(_ part: [UInt8]) {
    bytes += part
    if bytes.count > 2 * OutputTail.bound { bytes.removeFirst(bytes.count - OutputTail.bound) }
  }

  /// The last lines that are not empty, at most `count`, on one line.
  func lastLines(_ count: Int) -> String {
    let lines = bytes.suffix(OutputTail.bound).split { $0 == 10 || $0 == 13 }.suffix(count)
    return lines.map { String(decoding: $0, as: UTF8.self) }.filter { !$0.allSatisfy { $0.isWhitespace } }.joined(separator: "; ")
  }
}
