internal import SharedKernel
internal import SystemCalls

/// Where entries are: `feed/<segment>/<sequence>`. Both names are 12 digits, the segment's is its first sequence.
/// Sequences begin at 1 and have no holes; a segment holds 1,024 of them.
enum FeedLayout {
  static let segmentLength = 1024
  /// The largest number that has 12 digits.
  static let lastSequence = 999_999_999_999
  /// Heads the name of a segment that is being removed, so that no reader meets it half empty.
  static let removedPrefix = "removed."

  /// The first sequence of the segment that holds `sequence`.
  static func segment(of sequence: Int) -> Int { (sequence - 1) / segmentLength * segmentLength + 1 }

  static func name(_ number: Int) -> String { padded(number, 12) }

  /// The number behind a name of 12 digits; nil for a foreign file.
  static func number(_ name: String) -> Int? {
    guard name.utf8.count == 12, name.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(name), number > 0 else { return nil }
    return number
  }

  /// The segments there are, oldest first; whatever else lies in the feed is passed over.
  static func segments(in feed: Directory) throws(SystemError) -> [Int] {
    try feed.list().entries.compactMap { entry in
      guard entry.kind == .directory || entry.kind == nil, let first = number(entry.name), segment(of: first) == first else { return nil }
      return first
    }.sorted()
  }

  /// The highest sequence in a segment; nil when it is empty.
  static func head(of segment: Int, in directory: Directory) throws(SystemError) -> Int? {
    let range = segment..<segment + segmentLength
    return try directory.list().entries.lazy.compactMap { number($0.name) }.filter { range.contains($0) }.max()
  }
}
