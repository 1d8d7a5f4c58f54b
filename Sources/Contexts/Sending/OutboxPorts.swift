package import MessageFormat
package import SharedKernel

/// Where messages are accepted.
package protocol OutboxAcceptance: AnyObject {
  /// Writes one locked file a copy, durable and named, copy 1 first, of several sends together. Nil for one whose id's place is taken.
  func accept(_ sends: [[OutgoingCopy]]) -> [Result<(any OutboxEntry)?, Failure>]
}

/// The accepted messages that are not delivered yet, one at a time.
package protocol OutboxMessages: AnyObject {
  /// Locks the message of that id, nil when there is none (any more). Waits for the lock as long as the budget
  /// allows (75 then), or not at all.
  func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt
  /// Whether a message of that id is at a place.
  func isPresent(_ id: MessageID, at place: OutboxPlace) throws(Failure) -> Bool
  /// Moves a file that is not a complete message into `bad/`, where it is kept and does no harm.
  func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure)
}

/// What recovery and a full flush go through.
package protocol OutboxListing: AnyObject {
  /// At most `limit` messages that stand at a place, in no order; other files are moved into `bad/`.
  func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID]
}

/// The marks of one message that waits, for a command that requeues it.
package protocol MarkRemoval: AnyObject {
  /// The marks of a message at those times, and its mark for missing credit.
  func marks(of id: MessageID, at times: [Timestamp], for line: CreditLine?) throws(Failure) -> [DueMark]
  /// Removes a mark whose message no longer waits under it.
  func remove(_ mark: DueMark) throws(Failure)
}

/// When the waiting messages are due.
package protocol OutboxSchedule: MarkRemoval {
  /// The marks whose time has come, the earliest first, at most `limit`.
  func due(at now: Timestamp, limit: Int) throws(Failure) -> [DueMark]
  /// The lines in which messages wait for credit.
  func creditLines() throws(Failure) -> [CreditLine]
  /// The marks of one line, the oldest message first.
  func waiting(for line: CreditLine) throws(Failure) -> [DueMark]
  /// All marks, due or not, in no order.
  func allMarks() throws(Failure) -> [DueMark]
  /// Marks a message, waiting or not, as due now.
  func scheduleNow(_ id: MessageID, at now: Timestamp) throws(Failure) -> DueMark
}

/// When waiting messages are tried next.
package protocol RetryTimes: AnyObject {
  /// When each waiting message is tried next.
  func timesOfNextTries() throws(Failure) -> [MessageID: Timestamp]
}

/// The places of a message between acceptance and its end.
package enum OutboxPlace: String, Sendable {
  /// `outbox/`: to be paid and delivered.
  case outbox
  /// `deferred/messages/`: promised, and waiting for its time or for credit.
  case deferred
  /// `voiding/`: never to be delivered; its payment is being given back.
  case voiding
}

package enum LockAttempt {
  case locked(any OutboxEntry)
  case absent
  /// Its sender, or another recovery, is at work on it.
  case busy
  /// The file cannot be read as a message of ours.
  case damaged
}

/// One message in the outbox, locked by this process. Dropping it gives the lock back.
package protocol OutboxEntry: AnyObject {
  /// The envelope of copy 1.
  var envelope: Envelope { get }
  /// The copies that are still there, copy 1 last: it leads, so as long as it stands the send is not finished.
  var remaining: [OutboxCopy] { get }
  /// Whether it is decided that the message is never delivered, wherever its file is.
  var isWithdrawn: Bool { get }
  /// Removes the message: nothing is charged. A message that was accepted to be charged later is removed durably. When this fails and
  /// `isWithdrawn` is still false, the message stands as it did.
  func withdraw() throws(Failure)
  /// Moves a message of the outbox to where it waits.
  func deferMessage(_ deferral: Deferral) throws(Failure)
  /// Moves a waiting message back into the outbox; false when another send has the id there.
  func requeue() throws(Failure) -> Bool
  /// Decides durably that the message is never delivered, also where the disk takes no new name. When this fails and `isWithdrawn` is
  /// still false, the message stands as it did.
  func moveToVoiding(reason: String) throws(Failure)
  /// Ends a message in `voiding/` whose payment is given back.
  func fileAsFailed() throws(Failure)
}

/// A copy to be accepted: what its file holds.
package struct OutgoingCopy: Sendable {
  package let envelope: Envelope
  package let content: [UInt8]

  package init(envelope: Envelope, content: [UInt8]) { (self.envelope, self.content) = (envelope, content) }
}

/// A copy in the outbox.
package struct OutboxCopy: Hashable, Sendable {
  /// Its file name in the outbox.
  package let name: String
  package let recipient: Name
  /// Bytes of the file.
  package let size: Int

  package init(name: String, recipient: Name, size: Int) { (self.name, self.recipient, self.size) = (name, recipient, size) }
}
