package import MessageFormat
package import SharedKernel

/// What the payment side knows of the payment of a send.
package enum PaymentState: Hashable, Sendable {
  /// Nothing recorded, or a charge that was given back: the id is free to be charged.
  case unpaid
  /// Charged; `balance` is the account's balance after it, where the payment side keeps one. `accepted` is when the message was
  /// accepted that it was charged for: it tells that message from another one of the same id.
  case paid(fingerprint: Fingerprint?, balance: Int64?, accepted: Timestamp?)
  /// Asked at a gateway, and the answer is not known. Charging the same id again finds it out.
  case pending(fingerprint: Fingerprint?, accepted: Timestamp?)
  /// Charged and given back after the delivery: the id stays taken, and nothing more is delivered for it.
  case refunded(fingerprint: Fingerprint?)
}

/// The answer to a charge.
package enum ChargeOutcome: Hashable, Sendable {
  /// Charged and durable.
  case paid(balance: Int64?)
  /// Nothing was charged, because of the account. The sentence says whose, how much there is and what it takes.
  /// Where it is not final a top-up helps.
  case declined(Failure, isFinal: Bool)
  /// It is not known whether it was charged; that it was asked for is recorded.
  case pending(Failure)
}

/// Whether new payments can be had.
package enum PaymentAvailability: Hashable, Sendable {
  case usable
  /// It was out, or slow, of late. Those for whom it matters may find out whether it still is.
  case onTrial
  /// Nobody is charged; why.
  case out(Failure)

  /// Why a charge would not be made now; nil where it is worth a try.
  var outage: Failure? { if case .out(let why) = self { why } else { nil } }
}

/// The payment side as sending sees it. Every answer that says something was recorded is given when it is durable.
package protocol PaymentGateway {
  /// What is known of the payment of a send. A payment reported here is durable.
  func state(of id: MessageID) throws(Failure) -> PaymentState
  /// Charges the sender once for the whole send; the id is the idempotency key. Where the payment is pending it finds out what
  /// became of it, or asks again under the same key. A failure of kind `temporary` or `unavailable` says that certainly nothing was
  /// charged; after any other the charge may or may not be recorded.
  func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome
  /// Gives a charge back, and calls one off whose answer is not known; nothing to do where none is recorded. Repeating it is
  /// harmless. It fails as `temporary` as long as a gateway has not confirmed it; the decision is recorded by then.
  func reverse(_ id: MessageID) throws(Failure)
  /// Whether it is worth asking for a charge now, of anything but nothing, as far as that is known without asking anybody outside.
  func availability() throws(Failure) -> PaymentAvailability
  /// Sets aside what one charge needs of a gateway, which may be a turn among others; with `waits` false only what is free now. Nothing
  /// of a message has been written by then: a sender who cannot be served in time is told at once (75). The next charge uses it.
  func reserve(waits: Bool) throws(Failure)
  /// Returns what was set aside and not used.
  func release()
  /// Goes on with what is left on the payment side alone, at most `limit` payments: what was to be given back after its delivery. What
  /// cannot be finished now is returned as notes.
  func recover(limit: Int, while mayGoOn: () -> Bool) -> [Failure]
  /// Why a charge would certainly be declined now; nil where it might be made. Asks nobody outside.
  func preflight(_ envelope: Envelope) throws(Failure) -> Failure?
  /// Charges several sends, each for itself, and answers in their order.
  func charge(_ envelopes: [Envelope]) -> [Result<ChargeOutcome, Failure>]
}

extension PaymentGateway {
  /// Where charges need nothing beforehand.
  package func reserve(waits: Bool) throws(Failure) {}
  package func release() {}

  package func charge(_ envelopes: [Envelope]) -> [Result<ChargeOutcome, Failure>] {
    envelopes.map { envelope in Result { () throws(Failure) in try charge(envelope) } }
  }
}

/// The announcement of delivered copies to whoever raises alarms. It never fails a send (invariant 5).
package protocol EventFeed {
  /// Publishes the message files of those names in the outbox, in order, and makes that durable.
  /// What could not be published is returned as notes; the alarm side makes it good later.
  func publish(_ names: [String]) -> [Failure]
}

/// Where copies are delivered.
package protocol Mailboxes {
  /// Refuses, before anything is charged, a recipient who cannot be delivered to (67 where there is no such mailbox).
  func check(_ recipient: Name) throws(Failure)
  /// Makes the mailbox where it is missing.
  func prepare(_ recipient: Name) throws(Failure)
  /// Moves the message file of that name from the outbox into the recipient's `new/`, as the newest of the mailbox: `baseName` is given
  /// a time of delivery that is later than that of any message delivered before, by whatever process. Returns the name it made. Not
  /// durable until `makeDurable`.
  func deliver(_ name: String, to recipient: Name, now: Timestamp, as baseName: (Timestamp) -> String) throws(Failure) -> String
  /// Makes the names in the recipient's `new/` durable.
  func makeDurable(_ recipient: Name) throws(Failure)
  /// Takes a copy back into the outbox that was delivered under that name, durably as far as the disk allows; false when a reader
  /// has taken it already.
  func takeBack(_ baseName: String, from recipient: Name, as name: String) throws(Failure) -> Bool
}

/// Where a sender keeps what was sent. It never fails a send.
package protocol SentFolder {
  /// Keeps a copy of the message file of that name in the outbox; nothing to do where it is kept already. What could not be done is
  /// returned as a note.
  func keep(_ name: String, _ envelope: Envelope) -> Failure?
  /// Takes the copy of a message away that is not delivered after all.
  func drop(_ envelope: Envelope)
}

/// The accepted messages that are not delivered yet.
package protocol Outbox {
  /// Writes one locked file a copy, durable and named, copy 1 first, of several sends together. Nil for one whose id's place is taken.
  func accept(_ sends: [[OutgoingCopy]]) -> [Result<(any OutboxEntry)?, Failure>]
  /// Locks the message of that id, nil when there is none (any more). Waits for the lock as long as the budget
  /// allows (75 then), or not at all.
  func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt
  /// Puts a file that is no whole message into `bad/`, where it is kept and in nobody's way.
  func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure)
  /// At most `limit` messages that stand at a place, in no order; files that are none are set aside into `bad/`.
  func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID]
  /// The marks whose time has come, the earliest first, at most `limit`.
  func due(at now: Timestamp, limit: Int) throws(Failure) -> [DueMark]
  /// The senders for whose credit something waits.
  func accountsWaitingForCredit() throws(Failure) -> [Name]
  /// What waits for credit of one, the oldest first.
  func waitingForCredit(_ account: Name) throws(Failure) -> [DueMark]
  /// Whether a message of that id is at a place.
  func isPresent(_ id: MessageID, at place: OutboxPlace) throws(Failure) -> Bool
  /// The marks of a message at those times, and those of one who has no credit for it.
  func marks(of id: MessageID, at times: [Timestamp], for account: Name?) throws(Failure) -> [DueMark]
  /// All marks, due or not, in no order.
  func allMarks() throws(Failure) -> [DueMark]
  /// Marks a message, waiting or not, as due now.
  func scheduleNow(_ id: MessageID, at now: Timestamp) throws(Failure) -> DueMark
  /// Removes a mark whose message no longer waits under it.
  func remove(_ mark: DueMark) throws(Failure)
}

/// When waiting messages are tried next.
package protocol RetryTimes {
  /// When each waiting message is looked at next, for a person who asks.
  func timesOfNextTries() throws(Failure) -> [MessageID: Timestamp]
}

/// The two places of a message between acceptance and its end.
package enum OutboxPlace: Hashable, Sendable {
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
  /// Lets a message of the outbox wait.
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
