// A delivery whose event is missing in the feed: its sender could not write it, or the feed was removed, or cut before it was
// read. A message in a mailbox that has an entry has a second link; where hard links are refused its copy is looked for.
//
//   step                                          a crash after it leaves
//   a message without a second link is found      nothing
//   (its alarm is noted as recovered, durable)    a note about an entry that will be made the next time
//   link it to SEGMENT/head+1, fsync              an ordinary event, which the note marks
//
// Linked once it has two links, so it is never found twice.

package import Alarms
internal import MessageFormat
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// A delivered copy of a message that the feed does not tell of.
package struct MissingEvent: Hashable, Sendable {
  /// What its receiver is told.
  package let alarm: AlarmID
  fileprivate let message: MessageID
  fileprivate let copy: Int
  fileprivate let folder: SpoolFolder
  fileprivate let name: String
  fileprivate let size: Int
  /// When it was written, as the time since the epoch: finer than its name, and no reader changes it.
  fileprivate let written: Duration
}

/// Compares the mailboxes with the feed.
package struct MissingEvents {
  private let root: SpoolRoot

  package init(root: SpoolRoot) { self.root = root }

  /// The copies without a second link that came at `since` or later, the oldest first. Without `since`, the unread ones.
  package func find(since: Timestamp?) throws(Failure) -> [MissingEvent] {
    do throws(SystemError) {
      guard let mailboxes = try root.folderIfPresent(.mailboxes) else { return [] }
      var found: [MissingEvent] = []
      for receiver in try mailboxes.names(of: .directory).compactMap({ Name($0) }) {
        for part in [MaildirPart.new, .current] { try look(in: part, of: receiver, since: since, &found) }
      }
      return found.sorted { ($0.written, $0.name) < ($1.written, $1.name) }
    } catch { throw unreadable(error) }
  }

  /// Those of them that the feed does not hold as copies either.
  package func withoutCopies(_ events: [MissingEvent]) throws(Failure) -> [MissingEvent] {
    let sizes = Set(events.map { $0.size })
    let known = Dictionary(grouping: events) { AlarmID(message: $0.message, copy: $0.copy, kind: .arrived) }
    var present: Set<MissingEvent> = []
    do throws(SystemError) {
      guard let feed = try root.folderIfPresent(.feed) else { return events }
      for segment in try FeedLayout.segments(in: feed) {
        guard let directory = try feed.directoryIfPresent(FeedLayout.name(segment)) else { continue }
        for entry in try directory.list().entries where FeedLayout.number(entry.name) != nil {
          guard let status = try directory.status(of: entry.name), status.linkCount == 1, status.kind == .file, sizes.contains(status.size),
            let envelope = try envelope(entry.name, in: directory)
          else { continue }
          present.formUnion(known[AlarmID(message: envelope.id, copy: envelope.copy, kind: .arrived)] ?? [])
        }
      }
    } catch { throw unreadable(error) }
    return events.filter { !present.contains($0) }
  }

  /// Gives them their place at the end of the feed. What cannot be had any more is passed over.
  package func publish(_ events: [MissingEvent], by publisher: FeedPublisher) -> [Failure] {
    do throws(SystemError) {
      for (folder, ofFolder) in Dictionary(grouping: events, by: { $0.folder }).sorted(by: { $0.key.path < $1.key.path }) {
        guard let directory = try root.folderIfPresent(folder) else { continue }
        try publisher.publishDelivered(ofFolder.map { $0.name }, in: directory)
      }
      return []
    } catch {
      return [
        Failure(.inputOutput, "missing events cannot be made good: \(error)", remedy: "see to \(root.path)/\(SpoolFolder.feed)")
      ]
    }
  }

  private func look(in part: MaildirPart, of receiver: Name, since: Timestamp?, _ found: inout [MissingEvent]) throws(SystemError) {
    let place = SpoolFolder.mailbox(receiver).part(part)
    let folder: Directory
    do {
      guard let present = try root.folderIfPresent(place) else { return }
      folder = present
    } catch {
      // A link or a file that stands where a folder should is not a mailbox.
      if error.isOfAnotherKind || error.code == .accessDenied { return }
      throw error
    }
    for name in try folder.names(of: .file) {
      guard let seconds = name.split(separator: ".").first.flatMap({ Int64($0) }), seconds >= since?.seconds ?? 0,
        MaildirName.messageID(in: name) != nil, since != nil || !ReadStateProbe.isRead(name, isNew: part == .new),
        let status = try folder.status(of: name), status.linkCount == 1, status.kind == .file, let envelope = try envelope(name, in: folder)
      else { continue }
      found.append(
        MissingEvent(
          alarm: AlarmID(message: envelope.id, copy: envelope.copy, kind: .arrived), message: envelope.id, copy: envelope.copy,
          folder: place, name: name, size: status.size, written: status.modified))
    }
  }

  private func envelope(_ name: String, in folder: Directory) throws(SystemError) -> Envelope? {
    do { return try folder.envelope(of: name) } catch {
      // Its permissions forbid reading.
      if error.code == .accessDenied { return nil }
      throw error
    }
  }

  private func unreadable(_ error: SystemError) -> Failure {
    Failure(.inputOutput, "mailboxes and feed cannot be compared: \(error)", remedy: "see to \(root.path)")
  }
}
