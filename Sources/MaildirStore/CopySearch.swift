package import MessageFormat
package import SharedKernel
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

/// Finds the copies of a send by its id, which stands in their file names.
package enum CopySearch {
  package static func copies(of id: MessageID, in root: Directory) throws(SystemError) -> [DeliveredCopy] {
    guard let mailboxes = try root.directoryIfPresent("mailboxes") else { return [] }
    var found: [DeliveredCopy] = []
    for name in try mailboxes.list().entries.compactMap({ Name($0.name) }).sorted() {
      for part in ["new", "cur"] {
        guard let folder = try mailboxes.directoryIfPresent("\(name)/\(part)") else { continue }
        for entry in try folder.list().entries where MaildirName.messageID(in: entry.name) == id {
          if let copy = try copy(entry.name, in: folder, recipient: name, isRead: part == "cur" && isSeen(entry.name)) {
            found.append(copy)
          }
        }
      }
    }
    return found
  }

  private static func copy(_ name: String, in folder: Directory, recipient: Name, isRead: Bool) throws(SystemError) -> DeliveredCopy? {
    // A reader may have renamed it since the listing; what it is called now does not matter here.
    guard let status = try folder.status(of: name), let bytes = try folder.contents(of: name) else { return nil }
    let seconds = name.split(separator: ".").first.flatMap { Int64($0) } ?? 0
    return DeliveredCopy(
      recipient: recipient, delivered: Timestamp(seconds: seconds),
      read: isRead ? Timestamp(microseconds: status.changed / 1000) : nil, envelope: Envelope(HeaderFields(of: bytes)))
  }

  private static func isSeen(_ name: String) -> Bool {
    let parts = name.split(separator: ":", maxSplits: 1)
    return parts.count == 2 && parts[1].hasPrefix("2,") && parts[1].dropFirst(2).contains("S")
  }
}
