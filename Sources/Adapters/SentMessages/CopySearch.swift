package import MessageFormat
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// A delivered copy of a send, as its file in a mailbox tells, or what its receiver left of it.
package struct DeliveredCopy: Sendable {
  package let recipient: Name
  /// When it came into the mailbox.
  package let delivered: Timestamp
  /// When it was last marked while it counts as read; nil while it does not.
  package let read: Timestamp?
  /// When its receiver removed it; nil while it is there.
  package let removed: Timestamp?
  package let envelope: Envelope?
  /// The subject, else the first words of the text.
  let words: String
}

/// Finds the copies of sends by their ids, which stand in their file names. The mailboxes are listed once, and so is what stays of
/// messages that were removed.
package struct CopySearch {
  private struct Found {
    let recipient: Name
    let part: MaildirPart
    let name: String
  }

  private let root: SpoolRoot
  private let found: [MessageID: [Found]]
  /// The names of what stays of removed copies.
  private let removed: [MessageID: [String]]

  /// Looks for some ids.
  package init(in root: SpoolRoot, only wanted: [MessageID]) throws(SystemError) {
    var found: [MessageID: [Found]] = [:]
    let wanted = Set(wanted)
    self.root = root
    let mailboxes = try root.folderIfPresent(.mailboxes)
    for name in try mailboxes?.names(of: .directory).compactMap({ Name($0) }).sorted() ?? [] {
      for part in [MaildirPart.new, .current] {
        guard let folder = try mailboxes?.directoryIfAny("\(name)/\(part.rawValue)") else { continue }
        for file in try folder.names(of: .file) {
          guard let id = MaildirName.messageID(in: file), wanted.contains(id) else { continue }
          found[id, default: []].append(Found(recipient: name, part: part, name: file))
        }
      }
    }
    self.found = found
    var removed: [MessageID: [String]] = [:]
    for name in try root.folderIfPresent(.removed)?.names(of: .file) ?? [] {
      guard let id = MessageID(name.prefix { $0 != "." }), wanted.contains(id) else { continue }
      removed[id, default: []].append(name)
    }
    self.removed = removed
  }

  package func copies(of id: MessageID) throws(SystemError) -> [DeliveredCopy] {
    var copies: [DeliveredCopy] = []
    for place in found[id] ?? [] { if let copy = try copy(place) { copies.append(copy) } }
    for name in removed[id] ?? [] {
      guard let copy = try removedCopy(name), !copies.contains(where: { $0.recipient == copy.recipient }) else { continue }
      copies.append(copy)
    }
    let order = copies.first?.envelope?.recipients ?? []
    func place(_ copy: DeliveredCopy) -> Int { order.firstIndex(of: copy.recipient) ?? order.count }
    return copies.sorted { place($0) < place($1) }
  }

  private func removedCopy(_ name: String) throws(SystemError) -> DeliveredCopy? {
    guard let file = try root.folderIfPresent(.removed)?.front(of: name), let envelope = Envelope(file.header),
      let times = RemovedHeader(file.header)
    else { return nil }
    return DeliveredCopy(
      recipient: envelope.recipient, delivered: times.delivered, read: times.read, removed: times.removed, envelope: envelope,
      words: envelope.subject)
  }

  private func copy(_ place: Found) throws(SystemError) -> DeliveredCopy? {
    // A reader may have renamed it since the listing; what it is called now does not matter here.
    guard let folder = try root.folderIfPresent(.mailbox(place.recipient).part(place.part)),
      let status = try folder.status(of: place.name)
    else { return nil }
    let delivered = MaildirName.delivered(Array(place.name.utf8).span) ?? Timestamp(sinceEpoch: .zero)
    let file = try folder.front(of: place.name)
    let isRead = place.part == .current && MaildirName.isSeen(place.name)
    return DeliveredCopy(
      recipient: place.recipient, delivered: delivered, read: isRead ? Timestamp(sinceEpoch: status.changed) : nil, removed: nil,
      envelope: file.flatMap { Envelope($0.header) }, words: file?.words ?? "")
  }
}
