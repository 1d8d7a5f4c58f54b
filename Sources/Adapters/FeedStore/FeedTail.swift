internal import DurableFiles
internal import SpoolLayout
internal import SystemCalls

/// The end of the feed as one publisher sees it: the newest segment, and the highest number known to be taken.
struct FeedTail {
  private let root: SpoolRoot
  let feed: Directory
  private var segment: Int
  private(set) var directory: Directory
  private var head: Int
  /// Whether a name was put into `directory` that is not durable yet.
  var needsSync = false
  private(set) var hasBegunSegment = false

  /// Finds the end, making `feed/` and its first segment where they are missing.
  init(opening root: SpoolRoot) throws(SystemError) {
    feed = try root.ensureFolder(.feed)
    self.root = root
    segment = try FeedLayout.segments(in: feed).last ?? 1
    directory = try root.ensureFolder(.feed.folder(FeedLayout.name(segment)))
    head = segment - 1
    try readHead()
  }

  /// The next number to try. Begins a segment when the one at hand is full.
  mutating func advance() throws(SystemError) -> Int {
    let number = head + 1
    guard number <= FeedLayout.lastSequence else { throw SystemError(.noSpace, call: "link", subject: feed.path) }
    let wanted = FeedLayout.segment(of: number)
    if wanted != segment {
      try sync()
      if try root.makeUnsettledFolder(FeedLayout.name(wanted), in: feed) { hasBegunSegment = true }
      directory = try root.ensureFolder(.feed.folder(FeedLayout.name(wanted)))
      segment = wanted
    }
    head = number
    return number
  }

  /// Looks where the end is now; other senders have moved it on.
  mutating func readAgain() throws(SystemError) {
    guard let newest = try FeedLayout.segments(in: feed).last else { throw SystemError(.noEntry, call: "open", subject: feed.path) }
    if newest != segment {
      try sync()
      directory = try root.ensureFolder(.feed.folder(FeedLayout.name(newest)))
      segment = newest
    }
    try readHead()
  }

  /// Makes what was linked durable.
  mutating func sync() throws(SystemError) {
    if needsSync { try directory.sync() }
    needsSync = false
  }

  /// Whether an entry of the segment is a copy of that message: a message names itself in its header, so equal bytes are one message.
  func contains(_ content: [UInt8]) throws(SystemError) -> Bool {
    for entry in try directory.list().entries where FeedLayout.number(entry.name) != nil {
      guard let status = try directory.status(of: entry.name), status.kind == .file, status.size == content.count else { continue }
      if try directory.contents(of: entry.name) == content { return true }
    }
    return false
  }

  private mutating func readHead() throws(SystemError) {
    head = try FeedLayout.head(of: segment, in: directory) ?? segment - 1
  }
}
