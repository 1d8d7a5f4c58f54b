internal import DurableFiles
internal import SpoolLayout
internal import SystemCalls

/// The end of the feed as one publisher sees it: the newest segment, and the highest number known to be taken.
struct FeedTail {
  let feed: Directory
  private let directoryMode: UInt32
  private var segment: Int
  private(set) var directory: Directory
  private var head: Int
  /// Whether a name was put into `directory` that is not durable yet.
  var needsSync = false
  private(set) var hasBegunSegment = false

  /// Finds the end, making `feed/` and its first segment where they are missing.
  init(opening root: Directory, directoryMode: UInt32) throws(SystemError) {
    feed = try root.ensureFolder(.feed, mode: directoryMode)
    self.directoryMode = directoryMode
    if let newest = try FeedLayout.segments(in: feed).last {
      segment = newest
      directory = try feed.directory(FeedLayout.name(newest))
    } else {
      segment = 1
      directory = try feed.ensureDirectory(FeedLayout.name(1), mode: directoryMode)
    }
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
      let name = FeedLayout.name(wanted)
      if try feed.makeDirectory(name, mode: directoryMode) { hasBegunSegment = true }
      directory = try feed.directory(name)
      segment = wanted
      try feed.sync()
    }
    head = number
    return number
  }

  /// Looks where the end is now; other senders have moved it on.
  mutating func readAgain() throws(SystemError) {
    guard let newest = try FeedLayout.segments(in: feed).last else { throw SystemError(.noEntry, call: "open", subject: feed.path) }
    if newest != segment {
      try sync()
      directory = try feed.directory(FeedLayout.name(newest))
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
    if let highest = try FeedLayout.head(of: segment, in: directory) {
      head = highest
    } else {
      // Nobody has linked into it, so perhaps nobody has made it durable yet.
      head = segment - 1
      try feed.sync()
    }
  }
}
