package import MessageFormat
package import SharedKernel

/// The total, the unread and the flagged messages of a mailbox.
package struct MailboxCounts: Hashable, Sendable {
  package var total = 0
  package var unread = 0
  package var flagged = 0
  package init(total: Int = 0, unread: Int = 0, flagged: Int = 0) { (self.total, self.unread, self.flagged) = (total, unread, flagged) }
}

/// What tells whether the names in a folder are still those that were listed.
package struct FolderStamp: Hashable, Sendable {
  package let inode: UInt64
  /// The last change of names, as the time since the epoch.
  package let modified: Duration
  /// The last change of names, owner or mode, as the time since the epoch.
  package let changed: Duration

  package init(inode: UInt64, modified: Duration, changed: Duration) {
    (self.inode, self.modified, self.changed) = (inode, modified, changed)
  }
}

/// The two folders of a mailbox. A folder that is missing is empty: copies and clones of a spool lose empty folders.
package protocol MailboxFolders: AnyObject {
  /// Nil where the folder is missing.
  func stamp(of place: StoredMessage.Place) throws(Failure) -> FolderStamp?
  /// Calls `body` with the bytes of every name, in no order, and whether it can be a message's: folders, links, devices and
  /// hidden files that stand where messages do cannot. A file that is renamed meanwhile may be missed or met twice.
  func eachName(in place: StoredMessage.Place, _ body: (_ name: borrowing Span<UInt8>, _ isMessage: Bool) -> Void) throws(Failure)
  /// When a file was changed, nil when it is gone: the order of what has no time in its name.
  func modified(_ name: [UInt8], in place: StoredMessage.Place) throws(Failure) -> Timestamp?
  /// What the front of the file says, with the place and name it has now; nil when it is gone.
  func summary(of message: StoredMessage) throws(Failure) -> Summary?
}

/// The messages of one user. Other programs may rename or remove files meanwhile: messages are found again by their base
/// name, and one that is gone is nil, never an error. Errors are `Failure`s or those of the operating system.
package protocol MailboxStore: MailboxFolders {
  /// The character set of mail that names none and is no UTF-8; nil where it is not set.
  var unlabelled: Charset? { get }
  /// The whole file; nil when it is gone.
  func contents(of message: StoredMessage) throws(Failure) -> [UInt8]?
  /// Changes flags, and thereby moves the message to `cur/`; where nothing changes, nothing is done.
  /// The message as it is now; nil when it is gone.
  @discardableResult
  func change(_ message: StoredMessage, _ change: FlagChange) throws(Failure) -> StoredMessage?
  /// Removes the file; false when it was gone. Not durable until `makeRemovalsDurable`.
  @discardableResult
  func remove(_ message: StoredMessage) throws(Failure) -> Bool
  /// Makes durable that what was removed is gone.
  func makeRemovalsDurable() throws(Failure)
}

/// The messages of a mailbox as they were at one moment, in the order of their numbers.
package protocol MailboxView: AnyObject {
  var counts: MailboxCounts { get }
  /// Names in `new/` and `cur/` that are no messages' (see `MailboxFolders.eachName`).
  var foreignEntries: Int { get }
  /// Fixes what is there: from here on counts and numbers stay as they are. To be called before any of the messages is asked for; the
  /// counts alone can be had without, and are cheaper.
  func settle() throws(Failure)
  /// The state of the message with a number from 1 to `counts.total`. Cheap when asked in order.
  func state(of number: Int) throws(Failure) -> MessageState
  /// The message with a number from 1 to `counts.total`, perhaps not complete. Cheap when asked in order.
  func entry(_ number: Int) throws(Failure) -> MailboxEntry
  /// Looks at the file of an entry that is not complete; nil when it is gone.
  func completed(_ entry: MailboxEntry) throws(Failure) -> MailboxEntry?
  /// Says that about so many entries are going to be needed complete.
  func expect(complete: Int) throws(Failure)
  /// Keeps what was learned, for the next time. Never an error: the next one learns it again.
  func finish()
}
