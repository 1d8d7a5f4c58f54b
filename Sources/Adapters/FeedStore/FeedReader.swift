package import Alarms
internal import MessageFormat
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// Reads the feed for the alarm daemon. An entry is a message file; where that message is otherwise tells what became of it:
///
///   found in                what the entry is
///   outbox/, deferred/      pending: announced, but not in its mailbox yet
///   failed/, was accepted   failed: it was given up, and its sender is told
///   voiding/ or failed/     void: it will never be delivered, and no delivery was promised; of an accepted one, in voiding/, it
///                           is not settled yet
///   none of them            an event that has happened
///
/// But for waiting, a message only moves from `outbox/` to `voiding/` to `failed/`, so looking in this order misses none that moves
/// meanwhile.
package final class FeedReader: EventSource {
  private let root: SpoolRoot
  private var feed: Directory?
  private var segment: (first: Int, directory: Directory)?
  private var places: [SpoolFolder: Directory] = [:]

  package init(root: SpoolRoot) { self.root = root }

  package func entry(_ sequence: Int) throws(Failure) -> FeedEntry {
    do throws(SystemError) { return try readEntry(sequence) } catch { throw unreadable(error) }
  }

  package func first(from sequence: Int) throws(Failure) -> Int? {
    do throws(SystemError) {
      guard let feed = try reopenFeed() else { return nil }
      for first in try FeedLayout.segments(in: feed) where first + FeedLayout.segmentLength > sequence {
        // A segment that goes between the two looks was not needed any more.
        guard let directory = try feed.directoryIfPresent(FeedLayout.name(first)) else { continue }
        let range = max(first, sequence)..<first + FeedLayout.segmentLength
        let numbers = try directory.list().entries.compactMap { FeedLayout.number($0.name) }.filter { range.contains($0) }
        if let lowest = numbers.min() { return lowest }
      }
      return nil
    } catch { throw unreadable(error) }
  }

  package func head() throws(Failure) -> Int? {
    do throws(SystemError) {
      guard let feed = try reopenFeed() else { return nil }
      for first in try FeedLayout.segments(in: feed).reversed() {
        guard let directory = try feed.directoryIfPresent(FeedLayout.name(first)) else { continue }
        if let head = try FeedLayout.head(of: first, in: directory) { return head }
      }
      return nil
    } catch { throw unreadable(error) }
  }

  package func text(of event: Event) throws(Failure) -> [UInt8]? {
    do throws(SystemError) {
      guard let directory = try openSegment(of: event.sequence),
        let bytes = try directory.contents(of: FeedLayout.name(event.sequence), limit: SizeLimit.message)
      else { return nil }
      let header = HeaderFields(of: bytes)
      guard let envelope = Envelope(header), envelope.id == event.message, envelope.copy == event.copy else { return nil }
      return Array(bytes[header.bodyStart...])
    } catch { throw unreadable(error) }
  }

  private func unreadable(_ error: SystemError) -> Failure {
    Failure(.inputOutput, "the feed cannot be read: \(error)", remedy: "see to \(root.path)/\(SpoolFolder.feed)")
  }
}

extension FeedReader {
  private func readEntry(_ sequence: Int) throws(SystemError) -> FeedEntry {
    guard let directory = try openSegment(of: sequence) else { return .missing }
    let file: FileDescriptor
    do { file = try directory.open(FeedLayout.name(sequence), .read) } catch {
      switch error.code {
      case .noEntry: return .missing
      case .loop: return .damaged("not a message but a symbolic link")
      case .accessDenied, .notPermitted, .noDeviceOrAddress: return .damaged("cannot be opened: \(error.code)")
      default: throw error
      }
    }
    do throws(SystemError) { return try entry(sequence, in: file) } catch {
      // One bad sector does not keep the events behind it.
      if error.code == .inputOutput { return .unreadable(unreadable(error)) }
      throw error
    }
  }

  private func entry(_ sequence: Int, in file: borrowing FileDescriptor) throws(SystemError) -> FeedEntry {
    let status = try file.status()
    guard status.kind == .file else { return .damaged("not a message but a \(status.kind == .directory ? "folder" : "special file")") }
    guard let envelope = Envelope(try file.messageHeader(size: status.size)) else { return .damaged("not a message of msgspool") }
    let event = Event(sequence: sequence, envelope: envelope)
    let name = envelope.copy == 1 ? "\(envelope.id)" : "\(envelope.id).\(envelope.copy)"
    // One that may wait goes back and forth between two places.
    for place in envelope.isQueued ? [SpoolFolder.outbox, .deferred, .outbox] : [.outbox] {
      if try isMessage(envelope, status, at: name, in: place) { return .pending }
    }
    if try isMessage(envelope, status, at: name, in: .voiding) { return envelope.isQueued ? .pending : .void(event) }
    guard try isFailed(envelope, status, name) else { return .happened(event) }
    return envelope.isQueued ? .failed(event, reason: try reason(envelope.id)) : .void(event)
  }

  /// Why a message was given up.
  private func reason(_ id: MessageID) throws(SystemError) -> String {
    let bytes: [UInt8]?
    do { bytes = try root.contents(of: .reason(of: id), limit: SizeLimit.note) } catch {
      if error.mayPass { throw error }
      return "the reason cannot be read: \(error.code)"
    }
    guard let bytes, !bytes.isEmpty else { return "no reason was kept" }
    return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// Whether the message stands in `failed/`, where a later one of its id may have taken its name.
  private func isFailed(_ envelope: Envelope, _ entry: FileStatus, _ name: String) throws(SystemError) -> Bool {
    if try isMessage(envelope, entry, at: name, in: .failed) { return true }
    guard try places[.failed]?.status(of: name) != nil else { return false }
    return try isMessage(envelope, entry, at: SpoolFile.earlierName(of: name, accepted: envelope.date), in: .failed)
  }

  /// Whether the message of an entry has that name there. Another message of the same id, sent under the same key before or after it, is
  /// another file; where the entry has no second name, because it is a copy or its receiver has deleted the message, the time at which
  /// each was accepted tells them apart.
  private func isMessage(_ envelope: Envelope, _ entry: FileStatus, at name: String, in place: SpoolFolder) throws(SystemError) -> Bool {
    if places[place] == nil { places[place] = try root.folderIfPresent(place) }
    guard let folder = places[place], let found = try folder.status(of: name) else { return false }
    if found.identity == entry.identity || entry.linkCount > 1 { return found.identity == entry.identity }
    return try folder.envelope(of: name)?.date == envelope.date
  }

  private func openFeed() throws(SystemError) -> Directory? {
    if feed == nil { feed = try root.folderIfPresent(.feed) }
    return feed
  }

  /// Forgets the directories that are open: they may have been removed and made anew.
  private func reopenFeed() throws(SystemError) -> Directory? {
    (feed, segment) = (nil, nil)
    return try openFeed()
  }

  private func openSegment(of sequence: Int) throws(SystemError) -> Directory? {
    let first = FeedLayout.segment(of: sequence)
    if let segment, segment.first == first { return segment.directory }
    guard let directory = try openFeed()?.directoryIfPresent(FeedLayout.name(first)) else { return nil }
    segment = (first, directory)
    return directory
  }
}
