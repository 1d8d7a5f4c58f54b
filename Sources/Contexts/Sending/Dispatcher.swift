// How a message goes from its sender to its mailboxes. A message leaves outbox/ exactly once: by rename into a
// mailbox's new/, or by rename into voiding/. Each step is durable before the next one begins.
//
//   state        what exists                                          a crash here leaves          what a later command does
//   written      tmp/ID.k.RANDOM, locked                              a stray                      removed after 36 hours
//   accepted     outbox/ID (copy 1), outbox/ID.k, locked by sender    an unpaid message            withdrawn; if queued: charged
//   waiting      deferred/, see DeferredQueue.swift                   a promised message           charged when it is due
//   pending      outbox/ID, a charge asked for at a gateway           an open question             asked again under the same id
//   charged      the same, and CHRG ID in the ledger, synced          a paid message               delivered
//   published    the same, and links in feed/                         the same                     delivered; link count > 1 says
//                                                                                                  that the event is there
//   delivered    followers first, then copy 1 in new/                 a part of the copies         the rest is delivered
//   voiding      voiding/ID, outbox/ID.k                              a charge without message     reversed, then failed/ID, ID.k
//   withdrawn    outbox/ID with the sticky bit, where neither its     the same                     the same
//                removal nor its rename into voiding/ was possible
//   failed       failed/ID                                            -                            -
//
// A send has two answers once its message is accepted. It stays accepted: status 0, with a note where it is not delivered yet. Or it is
// withdrawn first, durably, and then the failure is told. No failure is told of a message that stands.
//
// The lock is flock(2) on copy 1. The process that holds it acts on what it finds, never on what it remembers.
// Recovery meets only messages whose lock is free, so it never competes with a living sender.

internal import MessageFormat
package import SharedKernel

/// Carries messages through the protocol: the sender's own, and those that other commands left unfinished.
package struct Dispatcher {
  let outbox: any OutboxMessages
  let payments: any MessagePayments
  let mailboxes: any Mailboxes
  let feed: any EventFeed
  /// Nil where senders keep nothing.
  let sent: (any SentFolder)?
  let clock: any Clock
  /// The host's name for Maildir names.
  let host: String
  /// How long a promised message is tried.
  let queueLifetime: Duration

  package init(
    outbox: any OutboxMessages, payments: any MessagePayments, mailboxes: any Mailboxes, feed: any EventFeed, sent: (any SentFolder)? = nil,
    clock: any Clock, host: String, queueLifetime: Duration
  ) {
    (self.outbox, self.payments, self.mailboxes) = (outbox, payments, mailboxes)
    (self.feed, self.sent, self.clock, self.host, self.queueLifetime) = (feed, sent, clock, host, queueLifetime)
  }

  /// What became of one message.
  enum Ending: Hashable {
    case delivered(balance: Balance?)
    case declined(Failure)
    case withdrawn
    /// For its time, or for a payment that cannot be had now; the failure says why.
    case waiting(Failure?)
    case waitingForCredit(Failure)
    /// Paid, and to be delivered by a later command; the failure says what kept it from being delivered now.
    case paidAndWaiting(Failure)
  }

  /// Why a message is carried on.
  enum Initiator: Hashable {
    /// Its sender, at the first attempt.
    case firstAttempt
    /// The same send again, under the same key.
    case retry
    /// A later command that found it unfinished.
    case recovery
    /// A later command that found it on the way to something else, and asks for no payment now.
    case opportunistic
  }

  /// What follows from the table and the answer to the charge.
  enum Verdict {
    case deliver(balance: Balance?)
    case ended(Ending)
  }

  /// Follows the table until the message has left the outbox or has to wait.
  func carry(
    _ entry: any OutboxEntry, by initiator: Initiator, payment: PaymentState? = nil, notes: inout [Failure]
  ) throws(Failure) -> Ending {
    let known = if let payment { payment } else { try payments.state(of: entry.envelope.id) }
    switch NextStep(after: try finding(entry, isOwn: initiator == .firstAttempt, known)) {
    case .deliver:
      var balance: Balance?
      if case .paid(_, let after, _) = known { balance = after }
      return try deliver(entry, balance: balance, by: initiator, notes: &notes)
    case .charge:
      if initiator == .opportunistic { return .waiting(nil) }
      if initiator != .firstAttempt, entry.envelope.isQueued, known == .unpaid, let why = try fullMailbox(entry) {
        return try waitForRoom(entry, why, notes: &notes)
      }
      let outcome = Result { () throws(Failure) in try payments.charge(entry.envelope) }
      switch try verdict(on: entry, outcome, by: initiator, known: known, notes: &notes) {
      case .deliver(let balance): return try deliver(entry, balance: balance, by: initiator, notes: &notes)
      case .ended(let ending): return ending
      }
    case .wait:
      if let time = entry.envelope.notBefore { deferMessage(entry, .time(time), notes: &notes) }
      return .waiting(nil)
    case .withdraw: return try withdraw(entry)
    case .giveUp: return .declined(try giveUp(entry, after: known, notes: &notes))
    case .reverse, .fileAsFailed:
      throw Failure(.internalError, "message \(entry.envelope.id): in the outbox, treated as voided")
    }
  }

  /// Why a message has no room in one of its mailboxes; nil where it has.
  private func fullMailbox(_ entry: any OutboxEntry) throws(Failure) -> Failure? {
    for copy in entry.remaining {
      if let why = try mailboxes.refusal(for: copy.recipient, size: copy.size, now: clock.now()) { return why }
    }
    return nil
  }

  /// Puts a promised message off that is not paid yet and has no room; one that waited for so long as it was promised to is given up.
  private func waitForRoom(_ entry: any OutboxEntry, _ why: Failure, notes: inout [Failure]) throws(Failure) -> Ending {
    let id = entry.envelope.id
    if hasExpired(entry.envelope) {
      let ended = Failure(.notPermitted, "message \(id) was given up: \(why.message)", remedy: "its sender is told")
      try giveUp(entry, because: ended, notes: &notes)
      return .declined(ended)
    }
    deferMessage(entry, .time(RetrySchedule.next(accepted: entry.envelope.date, now: clock.now())), notes: &notes)
    notes.append(Failure(.nothing, "message \(id) waits: \(why.message)", remedy: "it is tried again"))
    return .waiting(nil)
  }

  private func reasonToGiveUp(_ envelope: Envelope, _ payment: PaymentState) -> Failure {
    if case .refunded = payment {
      return Failure(.notPermitted, "message \(envelope.id): its charge was given back, so it was given up")
    }
    let seconds = queueLifetime.components.seconds
    let lifetime = seconds >= 172_800 ? "\(seconds / 86400) days" : "\(seconds) seconds"
    return Failure(.notPermitted, "message \(envelope.id) could not be paid for within \(lifetime) and was given up")
  }

  /// Gives a promised message up whose money was given back, or whose lifetime is over. Returns why.
  func giveUp(_ entry: any OutboxEntry, after payment: PaymentState, notes: inout [Failure]) throws(Failure) -> Failure {
    let why = reasonToGiveUp(entry.envelope, payment)
    try giveUp(entry, because: why, notes: &notes)
    return why
  }

  func finding(_ entry: any OutboxEntry, isOwn: Bool, _ payment: PaymentState) throws(Failure) -> NextStep.Finding {
    let envelope = entry.envelope
    return NextStep.Finding(
      place: .outbox, payment: NextStep.Payment(payment), isComplete: entry.remaining.count == envelope.recipients.count, isOwn: isOwn,
      isQueued: envelope.isQueued, isDue: envelope.notBefore.map { $0 <= clock.now() } ?? true, isExpired: hasExpired(envelope),
      isSecond: try isSecond(envelope, payment))
  }

  /// Whether a message of that id is elsewhere already. What the payment side knows is known of the id, so it is asked which of two
  /// messages it is about.
  private func isSecond(_ envelope: Envelope, _ payment: PaymentState) throws(Failure) -> Bool {
    switch payment {
    case .paid(_, _, let accepted?), .pending(_, let accepted?): if accepted != envelope.date { return true }
    case .paid, .pending, .unpaid, .refunded: break
    }
    return try envelope.isQueued ? outbox.isPresent(envelope.id, at: .deferred) : false
  }

  func withdraw(_ entry: any OutboxEntry) throws(Failure) -> Ending {
    try entry.withdraw()
    return .withdrawn
  }

  /// Locks the message of that id (`OutboxMessages.entry`). One that is withdrawn already is finished on the way, and is not there.
  func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt {
    let attempt = try outbox.entry(id, at: place, wait: wait)
    guard place != .voiding, case .locked(let entry) = attempt, entry.isWithdrawn else { return attempt }
    try void(entry, because: Failure(.temporary, "its sender was told that it is not sent"))
    return .absent
  }
}
