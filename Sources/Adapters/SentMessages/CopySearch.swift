package import MessageFormat
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// A delivered copy of a send, as its file in a mailbox tells.
package struct DeliveredCopy: Sendable {
  package let recipient: Name
  /// When it came into the mailbox.
  package let delivered: Timestamp
  /// When it was last marked while it counts as read; nil while it does not.
  package let read: Timestamp?
  package let envelope: Envelope?
}

/// Finds the copies of sends by their ids, which stand in their file names. The mailboxes are listed once.
package struct CopySearch {
  private struct Found {
    let recipient: Name
    let part: MaildirPart
    let name: String
  }

  private let root: SpoolRoot
  private let found: [MessageID: [Found]]

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
  }

  package func copies(of id: MessageID) throws(SystemError) -> [DeliveredCopy] {
    var copies: [DeliveredCopy] = []
    for place in found[id] ?? [] { if let copy = try copy(place) { copies.append(copy) } }
    return copies
  }

  private func copy(_ place: Found) throws(SystemError) -> DeliveredCopy? {
    // A reader may have renamed it since the listing; what it is called now does not matter here.
    guard let folder = try root.folderIfPresent(.mailbox(place.recipient).part(place.part)),
      let status = try folder.status(of: place.name)
    else { return nil }
    let delivered = MaildirName.delivered(Array(place.name.utf8).span) ?? Timestamp(sinceEpoch: .zero)
    let isRead = place.part == .current && MaildirName.isSeen(place.name)
    return DeliveredCopy(
      recipient: place.recipient, delivered: delivered,
      read: isRead ? Timestamp(sinceEpoch: status.changed) : nil, envelope: try folder.envelope(of: place.name))
  }
}
