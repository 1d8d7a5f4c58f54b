/// What a look at a mailbox's names found.
package struct MailboxListing: Sendable {
  /// In no order; each base name once.
  package var messages: [StoredMessage] = []
  /// Folders, links, devices and hidden files that stand where messages do.
  package var strangers = 0
  /// Names that are not UTF-8: perhaps messages, but not to be reached by a name.
  package var undecodable = 0

  package init() {}
}

/// The total and the unread messages of a mailbox.
package struct MailboxCounts: Hashable, Sendable {
  package var total = 0
  package var unread = 0
  package init(total: Int = 0, unread: Int = 0) { (self.total, self.unread) = (total, unread) }
}

/// Yields what lists show. A view that remembers summaries is put before the one that reads files.
package protocol SummarySource {
  /// The summary of a message, with the place and name it has now; nil when it is gone.
  func summary(of message: StoredMessage) throws -> Summary?
}

/// The messages of one user. Everybody may rename or remove files meanwhile: messages are found again by their base
/// name, and one that is gone is nil, never an error. Errors are `Failure`s or those of the operating system.
package protocol MailboxStore: SummarySource {
  /// Every message, by name alone: no file is opened.
  func list() throws -> MailboxListing
  /// How many there are; cheaper than `list`.
  func counts() throws -> MailboxCounts
  /// The whole file; nil when it is gone.
  func contents(of message: StoredMessage) throws -> [UInt8]?
  /// Changes flags, and thereby moves the message to `cur/`; where nothing changes, nothing is done.
  /// The message as it is now; nil when it is gone.
  @discardableResult
  func change(_ message: StoredMessage, _ change: FlagChange) throws -> StoredMessage?
  /// Removes the file; false when it was gone.
  @discardableResult
  func remove(_ message: StoredMessage) throws -> Bool
}
