internal import DurableFiles
package import MessageFormat
internal import Sending
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// Copies of what was sent, in the sender's `.Sent`, a folder in the way of Maildir++ that mutt and Dovecot show
/// (courier-mta.org/imap/README.maildirquota.html). A copy is made before the delivery it is of, under a name that follows from the
/// message, so that recovery after a crash makes no second one; a delivery that is undone takes it away again.
package final class SentCopies: SentFolder {
  private let root: SpoolRoot
  private let outbox: Directory

  package init(root: SpoolRoot, outbox: Directory) {
    (self.root, self.outbox) = (root, outbox)
  }

  package func keep(_ name: String, _ envelope: Envelope) -> Failure? {
    do {
      guard let content = try outbox.contents(of: name) else { return nil }
      let current = try folder(of: envelope.sender)
      let final = SentCopies.name(envelope, size: content.count)
      if try current.status(of: final) != nil { return nil }
      let file = try root.temporaryFile("sent")
      try file.write(content)
      try file.publish(in: current, replacing: final)
      return nil
    } catch {
      return Failure(
        .inputOutput, "no copy could be kept in \(SpoolFolder.sent(by: envelope.sender)): \(error)",
        remedy: "the message itself is not concerned")
    }
  }

  package func drop(_ envelope: Envelope) {
    // A copy that stays tells of a message that was not delivered; nothing more can be done about it here.
    guard let current = try? root.folderIfPresent(.sent(by: envelope.sender).part(.current)) else { return }
    let start = MaildirName.base(id: envelope.id, delivered: envelope.date, host: "sent", size: 0).prefix { $0 != "," } + ","
    for entry in (try? current.list().entries) ?? [] where entry.name.hasPrefix(start) { _ = try? current.remove(entry.name) }
  }

  private static func name(_ envelope: Envelope, size: Int) -> String {
    MaildirName.base(id: envelope.id, delivered: envelope.date, host: "sent", size: size) + ":2,S"
  }

  /// `cur/` of the folder; with it the mailbox it belongs to, and the mark that makes it a folder.
  private func folder(of sender: Name) throws(SystemError) -> Directory {
    let folder = SpoolFolder.sent(by: sender)
    if let current = try root.folderIfPresent(folder.part(.current)), try current.isSettled { return current }
    try root.ensureMaildir(.mailbox(sender))
    try root.ensureMaildir(folder, marks: ["maildirfolder"])
    return try root.ensureFolder(folder.part(.current))
  }
}
