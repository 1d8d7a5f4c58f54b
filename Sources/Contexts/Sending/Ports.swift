package import MessageFormat
package import SharedKernel

/// The announcement of delivered copies to the alarm daemon. It never fails a send (invariant 5).
package protocol EventFeed: AnyObject {
  /// Publishes the message files of those names in the outbox, in order, and makes that durable.
  /// What could not be published is returned as notes; the alarm side makes it good later.
  func publish(_ names: [String]) -> [Failure]
}

/// Where copies are delivered.
package protocol Mailboxes: AnyObject {
  /// Refuses, before anything is charged, a recipient who cannot be delivered to (67 where there is no such mailbox).
  func check(_ recipient: Name) throws(Failure)
  /// Makes the mailbox where it is missing.
  func prepare(_ recipient: Name) throws(Failure)
  /// Whether there is any limit on what they hold.
  var areLimited: Bool { get }
  /// Why the recipient's mailbox, or the spool, has no room for a message of so many bytes (75); nil where it has, as far as is known
  /// before the delivery.
  func refusal(for recipient: Name, size: Int, now: Timestamp) throws(Failure) -> Failure?
  /// Moves a copy from the outbox into its recipient's `new/`, as the newest of the mailbox: `baseName` is given
  /// a time of delivery that is later than that of any message delivered before, by whatever process. Returns the name it made. Not
  /// durable until `makeDurable`. Where there is no room it throws (75), unless the message `mustDeliver`.
  func deliver(_ copy: OutboxCopy, now: Timestamp, mustDeliver: Bool, as baseName: (Timestamp) -> String) throws(Failure) -> String
  /// Makes the names in the recipient's `new/` durable.
  func makeDurable(_ recipient: Name) throws(Failure)
  /// Takes a copy back into the outbox that was delivered under that name, durably as far as the disk allows; false when a reader
  /// has taken it already.
  func takeBack(_ baseName: String, from recipient: Name, as name: String) throws(Failure) -> Bool
}

/// Where a sender keeps what was sent. It never fails a send.
package protocol SentFolder: AnyObject {
  /// Keeps a copy of the message file of that name in the outbox; nothing to do where it is kept already. What could not be done is
  /// returned as a note.
  func keep(_ name: String, _ envelope: Envelope) -> Failure?
  /// Takes the copy of a message away that is not delivered after all.
  func drop(_ envelope: Envelope)
}
