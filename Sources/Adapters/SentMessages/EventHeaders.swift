internal import MessageFormat
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// The headers of sends as the feed holds them, for those whose copies other programs have removed. An event is a link to its message, so
/// it was written when that was accepted: by that time it is found among very many.
final class EventHeaders {
  /// Between the acceptance of a message and the time of its file.
  private static let tolerance = Duration.seconds(10)

  private let root: SpoolRoot
  /// When each event's message was written, ascending, and where the event is; nil before the first look.
  private var events: [(written: Timestamp, path: String)]?

  init(in root: SpoolRoot) { self.root = root }

  /// Nil where the feed does not hold the message any more.
  func front(of id: MessageID, accepted: Timestamp) throws(SystemError) -> (envelope: Envelope, words: String)? {
    if events == nil { events = try list() }
    guard let events else { return nil }
    let earliest = accepted.subtracting(EventHeaders.tolerance)
    let latest = accepted.adding(EventHeaders.tolerance)
    var (low, high) = (0, events.count)
    while low < high {
      let middle = (low + high) / 2
      if events[middle].written < earliest { low = middle + 1 } else { high = middle }
    }
    while low < events.count, events[low].written <= latest {
      if let file = try root.directory.front(of: events[low].path), let envelope = Envelope(file.header), envelope.id == id,
        envelope.date == accepted
      {
        return (envelope, file.words)
      }
      low += 1
    }
    return nil
  }

  private func list() throws(SystemError) -> [(written: Timestamp, path: String)] {
    var events: [(written: Timestamp, path: String)] = []
    for segment in try root.folderIfPresent(.feed)?.names(of: .directory) ?? [] where Int(segment) != nil {
      guard let folder = try root.directory.directoryIfAny(SpoolFolder.feed.file(segment)) else { continue }
      for name in try folder.names(of: .file) where Int(name) != nil {
        guard let status = try folder.status(of: name) else { continue }
        events.append((Timestamp(sinceEpoch: status.modified), SpoolFolder.feed.folder(segment).file(name)))
      }
    }
    return events.sorted { $0.written < $1.written }
  }
}
