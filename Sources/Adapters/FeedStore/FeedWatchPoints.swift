package import SpoolLayout
package import SystemCalls

/// The directories in which a new event shows: the feed itself, where segments begin, and its newest segments.
package struct FeedWatchPoints {
  private let root: SpoolRoot

  package init(root: SpoolRoot) { self.root = root }

  /// Makes the feed where it is missing, so that there is something to watch.
  package func feed() throws(SystemError) -> Directory { try root.ensureFolder(.feed) }

  /// The paths to watch now. A sender may still be linking into the segment before the newest.
  package func paths() throws(SystemError) -> [String] {
    let feed = try feed()
    return [feed.path] + (try FeedLayout.segments(in: feed).suffix(2).map { "\(feed.path)/\(FeedLayout.name($0))" })
  }
}
