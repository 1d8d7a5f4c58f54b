// How a delivery is announced, before the message is renamed into its mailbox.
//
//   step                                          a crash after it leaves
//   list feed/, list its newest segment           nothing
//   link outbox/NAME to SEGMENT/head+1            an entry whose message is in outbox/: not yet happened. The message's link
//                                                 count is 2, so a recovery does not announce it again, unless the other
//                                                 name is in tmp/: then it removes that one first
//   fsync SEGMENT                                 the same, durable
//   (rename to new/ by the sender)                the event
//
// The number is taken by the link itself: it is exclusive, so two senders never share one, and a number is only tried when
// the one before it is there, so there are no holes. A new segment is durable in feed/ before anything is linked into it:
// a publisher that finds a segment empty fsyncs feed/ first. Where hard links are refused the entry is a copy, made durable in tmp/ and
// renamed to its number exclusively; its message still has one link, so the newest segment is searched for it instead.

internal import DurableFiles
internal import Sending
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// Announces messages of the outbox in the feed that `msg-alarmd` follows. Whatever happens, sending goes on (invariant 5).
package final class FeedPublisher: EventFeed {
  /// After so many numbers taken by others in a row the head is read again.
  private static let collisionsBeforeReading = 4

  private let root: SpoolRoot
  private let limit: Int

  /// `limit` is how many entries are kept at least; whole segments beyond it go when a new one is begun.
  package init(root: SpoolRoot, limit: Int) {
    (self.root, self.limit) = (root, limit)
  }

  /// Publishes the message files of those names in the outbox, in order, and makes that durable. A message that is published
  /// already, or has left the outbox (the process that moved it announced it first), is passed over.
  package func publish(_ names: [String]) -> [Failure] {
    let feed: Directory?
    do { feed = try link(names) } catch {
      return [
        Failure(
          .inputOutput, "the alarm could not be announced: \(error)",
          remedy: "the message itself is not concerned; see to \(root.path)/\(SpoolFolder.feed)")
      ] + requestComparison()
    }
    do { if let feed { try prune(feed) } } catch {
      return [Failure(.inputOutput, "old events could not be removed: \(error)", remedy: "see to \(root.path)/\(SpoolFolder.feed)")]
    }
    return []
  }

  /// Makes the next run of the daemon compare mailboxes and feed, by removing the time of the last comparison: that needs no room.
  /// Where the daemon compares at this very moment it does so once more.
  private func requestComparison() -> [Failure] {
    do throws(SystemError) {
      _ = try root.folderIfPresent(.alarms)?.remove(SpoolFile.comparisonTime.name)
      return []
    } catch { return [Failure(storage: error)] }
  }

  /// Gives delivered messages of a folder, which the feed has missed, their place at its end, durably. Nothing old is removed
  /// for it: what is missing was missing already.
  func publishDelivered(_ names: [String], in folder: Directory) throws(SystemError) {
    var tail = try FeedTail(opening: root)
    for name in names where try folder.status(of: name)?.linkCount == 1 { try link(name, in: folder, at: &tail) }
    try tail.sync()
  }

  /// Returns the feed when a segment was begun, so that it is time to remove old ones.
  private func link(_ names: [String]) throws(SystemError) -> Directory? {
    let outbox = try root.folder(.outbox)
    var tail = try FeedTail(opening: root)
    for name in names {
      guard let status = try outbox.status(of: name) else { continue }
      if status.linkCount > 1, try !endClaim(of: name, status.identity, in: outbox) {
        // Its publisher may have died before the fsync.
        tail.needsSync = true
      } else {
        try link(name, in: outbox, at: &tail)
      }
    }
    try tail.sync()
    return tail.hasBegunSegment ? tail.feed : nil
  }

  /// Removes the name in tmp/ of a message whose sender was killed while it gave it its name in the outbox, on a file system where both are
  /// there for a moment (`MSG_RENAME_CLAIMING`). Whether the message has one name now, and so was not announced.
  private func endClaim(of name: String, _ identity: FileStatus.Identity, in outbox: Directory) throws(SystemError) -> Bool {
    guard let temporary = try root.folderIfPresent(.temporary) else { return false }
    for entry in try temporary.list().entries where entry.name.contains(name) {
      if try temporary.status(of: entry.name)?.identity == identity { try temporary.remove(entry.name) }
    }
    return try outbox.status(of: name)?.linkCount == 1
  }

  private func link(_ name: String, in outbox: Directory, at tail: inout FeedTail) throws(SystemError) {
    var collisions = 0
    while true {
      let number = try tail.advance()
      do {
        try outbox.link(name, to: tail.directory, as: FeedLayout.name(number))
        tail.needsSync = true
        return
      } catch {
        switch error.code {
        case .exists:
          collisions += 1
          if collisions % FeedPublisher.collisionsBeforeReading == 0 { try tail.readAgain() }
        case .notPermitted, .notSupported, .tooManyLinks, .leavesDirectory, .noSystemCall:
          try copy(name, in: outbox, at: &tail)
          return
        case .noEntry:
          // Either the message has left the outbox, or the segment was removed while this process slept.
          guard try outbox.status(of: name) != nil else {
            try tail.readAgain()
            return
          }
          try tail.readAgain()
        default: throw error
        }
      }
    }
  }

  func copy(_ name: String, in outbox: Directory, at tail: inout FeedTail) throws(SystemError) {
    guard let content = try outbox.contents(of: name) else { return }
    try tail.readAgain()
    if try tail.contains(content) { return }
    let file = try root.temporaryFile("event")
    try file.write(content)
    while true {
      let number = try tail.advance()
      do {
        try file.publish(in: tail.directory, as: FeedLayout.name(number))
        return
      } catch { if error.code != .exists { throw error } }
    }
  }

  /// Removes the oldest segments that are not needed to hold `limit` entries. The newest two always stay, so a sender that is
  /// just linking never finds its segment gone.
  private func prune(_ feed: Directory) throws(SystemError) {
    for entry in try feed.list().entries where entry.name.hasPrefix(FeedLayout.removedPrefix) { try remove(entry.name, from: feed) }
    let segments = try FeedLayout.segments(in: feed)
    guard let newest = segments.last else { return }
    for (index, segment) in segments.enumerated().dropLast(2) where newest - segments[index + 1] >= limit {
      let removed = FeedLayout.removedPrefix + FeedLayout.name(segment)
      try feed.rename(FeedLayout.name(segment), to: feed, exclusively: removed)
      try remove(removed, from: feed)
    }
  }

  private func remove(_ name: String, from feed: Directory) throws(SystemError) {
    guard let segment = try feed.directoryIfPresent(name) else { return }
    for entry in try segment.list().entries where entry.kind != .directory { try segment.remove(entry.name) }
    do { try feed.removeDirectory(name) } catch {
      // A foreign folder is not removed; under this name it does no harm.
      if error.code != .notEmpty { throw error }
    }
  }
}
