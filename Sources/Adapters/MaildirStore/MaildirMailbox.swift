internal import DurableFiles
internal import Mailbox
package import MessageFormat
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// One user's Maildir as its reader sees it (cr.yp.to/proto/maildir.html). A folder that is missing is empty: copies and
/// clones of a spool lose empty folders. Needs no write access until something is marked or removed.
package final class MaildirMailbox {
  /// How often a message that other programs keep renaming is looked for before that is an error.
  static let attempts = 8

  private let root: SpoolRoot
  private let mailbox: SpoolFolder
  /// The character set of mail that names none and is no UTF-8; nil where the spool sets none.
  package let unlabelled: Charset?
  /// `new/` and `cur/` once they were opened.
  private var new, current: Directory?
  /// Where messages were removed since that was last made durable.
  var removedFrom: Set<StoredMessage.Place> = []

  package init(of user: Name, in root: SpoolRoot, unlabelled: Charset? = nil) {
    (self.root, self.unlabelled) = (root, unlabelled)
    mailbox = .mailbox(user)
  }

  /// The users that have a mailbox, sorted.
  package static func users(in root: SpoolRoot) throws(SystemError) -> [Name] {
    guard let mailboxes = try root.folderIfPresent(.mailboxes) else { return [] }
    return try mailboxes.list().entries.filter { $0.kind == .directory || $0.kind == nil }.compactMap { Name($0.name) }.sorted()
  }

  /// `new/` or `cur/`; nil where it is missing.
  func folder(_ place: StoredMessage.Place) throws(SystemError) -> Directory? {
    if let open = place == .new ? new : current { return open }
    let folder = try root.folderIfPresent(mailbox.folder(place.rawValue))
    if place == .new { new = folder } else { current = folder }
    return folder
  }

  /// `cur/`, made where it is missing.
  func ensureCurrent() throws(SystemError) -> Directory {
    if let open = try folder(.cur), try open.isSettled { return open }
    let made = try root.ensureFolder(mailbox.folder(StoredMessage.Place.cur.rawValue))
    current = made
    return made
  }

  /// Calls `body` with the message's place and name until it answers, looking the message up again by its base name
  /// whenever it was no longer there; nil when it is gone.
  func following<Value>(
    _ message: StoredMessage, _ body: (Directory, StoredMessage) throws(SystemError) -> Value?
  ) throws(Failure) -> Value? {
    var current = message
    for _ in 0..<MaildirMailbox.attempts {
      do throws(SystemError) {
        if let folder = try folder(current.place) { return try body(folder, current) }
      } catch {
        guard error.code == .noEntry else { throw Failure(storage: error) }
      }
      guard let found = try find(base: message.baseBytes, delivered: message.delivered) else { return nil }
      current = found
    }
    throw Failure(.temporary, "message \(message.id): other programs keep renaming it", remedy: "try again")
  }
}
