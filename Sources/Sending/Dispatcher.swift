// How a message goes from its sender to its mailboxes. A message leaves outbox/ exactly once: by rename into a
// mailbox's new/, or by rename into voiding/. Each step is durable before the next one begins.
//
//   state        what exists                                          a crash here leaves          who goes on, and how
//   written      tmp/ID.k.RANDOM, locked                              a stray                      removed after 36 hours
//   accepted     outbox/ID (copy 1), outbox/ID.k, locked by sender    an unpaid message            withdrawn; if queued: charged
//   charged      the same, and CHRG ID in the ledger, synced          a paid message               delivered
//   published    the same, and links in feed/                         the same                     delivered; link count > 1 says
//                                                                                                  that the event is there
//   delivered    followers first, then copy 1 in new/                 a part of the copies         the rest is delivered
//   voiding      voiding/ID, outbox/ID.k                              a charge without message     reversed, then failed/ID, ID.k
//   failed       failed/ID                                            -                            -
//
// The lock is flock(2) on copy 1: whoever holds it acts, and acts on what it finds, never on what it remembers.
// Recovery meets only messages whose lock is free, so it never competes with a living sender.

internal import MessageFormat
package import SharedKernel

/// Carries messages through the protocol: the sender's own, and those that others left behind.
package struct Dispatcher {
  let outbox: any Outbox
  let payments: any PaymentGateway
  let mailboxes: any Mailboxes
  let feed: any EventFeed
  let clock: any Clock
  /// The host's name for Maildir names.
  let host: String

  package init(
    outbox: any Outbox, payments: any PaymentGateway, mailboxes: any Mailboxes, feed: any EventFeed, clock: any Clock, host: String
  ) {
    (self.outbox, self.payments, self.mailboxes) = (outbox, payments, mailboxes)
    (self.feed, self.clock, self.host) = (feed, clock, host)
  }

  /// What became of one message.
  enum Ending: Hashable {
    case delivered(balance: Int64?)
    case declined(Failure)
    case withdrawn
    case waiting
  }

  /// Who carries a message on.
  enum Carrier: Hashable {
    /// Its sender, at the first try.
    case sender
    /// The same send again, under the same key.
    case repeated
    /// Somebody who found it.
    case finder
  }

  /// Follows the table until the message has left the outbox or has to wait.
  /// `mayCharge` is asked right before the charge, the last moment at which the sender can still step back.
  func carry(
    _ entry: any OutboxEntry, by carrier: Carrier, payment: PaymentState? = nil, notes: inout [Failure], mayCharge: () -> Bool = { true }
  ) throws(Failure) -> Ending {
    let envelope = entry.envelope
    let known = if let payment { payment } else { try payments.state(of: envelope.id) }
    switch NextStep(after: finding(entry, isOwn: carrier == .sender, known)) {
    case .deliver:
      var balance: Int64?
      if case .paid(_, let after) = known { balance = after }
      return try deliver(entry, balance: balance, notes: &notes)
    case .charge:
      guard mayCharge() else { return try withdraw(entry) }
      return try charge(entry, by: carrier, known: known, notes: &notes)
    case .wait: return .waiting
    case .withdraw: return try withdraw(entry)
    case .reverse, .fileAsFailed: throw Failure(.internalError, "message \(envelope.id): in the outbox, treated as voided")
    }
  }

  private func finding(_ entry: any OutboxEntry, isOwn: Bool, _ payment: PaymentState) -> NextStep.Finding {
    let envelope = entry.envelope
    return NextStep.Finding(
      place: .outbox, payment: NextStep.Payment(payment), isComplete: entry.remaining.count == envelope.recipients.count, isOwn: isOwn,
      isQueued: envelope.isQueued, isDue: envelope.notBefore.map { $0 <= clock.now() } ?? true)
  }

  private func withdraw(_ entry: any OutboxEntry) throws(Failure) -> Ending {
    try entry.withdraw()
    return .withdrawn
  }

  private func charge(
    _ entry: any OutboxEntry, by carrier: Carrier, known: PaymentState, notes: inout [Failure]
  ) throws(Failure) -> Ending {
    let isPending = if case .pending = known { true } else { false }
    let outcome: ChargeOutcome
    do throws(Failure) { outcome = try payments.charge(entry.envelope) } catch {
      let isCertain = error.kind == .temporary || error.kind == .unavailable
      if isPending, isCertain { return try leavePending(entry, by: carrier, because: error) }
      if isCertain { try entry.withdraw() } else { try void(entry, because: error) }
      throw error
    }
    switch outcome {
    case .paid(let balance): return try deliver(entry, balance: balance, notes: &notes)
    case .declined(let why, _):
      if !entry.envelope.isQueued { try entry.withdraw() }
      return .declined(why)
    case .pending(let why): return try leavePending(entry, by: carrier, because: why)
    }
  }

  /// Nobody knows whether it was charged. Its sender gets an answer now, so it is called off; who merely found it leaves it for
  /// the next time.
  private func leavePending(_ entry: any OutboxEntry, by carrier: Carrier, because why: Failure) throws(Failure) -> Ending {
    if carrier != .finder, !entry.envelope.isQueued { try void(entry, because: why) }
    throw why
  }

  private func deliver(_ entry: any OutboxEntry, balance: Int64?, notes: inout [Failure]) throws(Failure) -> Ending {
    notes += feed.publish(entry.remaining.map(\.name))
    var moved: [(copy: OutboxCopy, baseName: String)] = []
    do throws(Failure) {
      // Copies that are gone were moved by somebody who may not have come to the fsync; copy 1, which vouches for them all,
      // must not become durable before them.
      let waiting = entry.remaining.map(\.recipient)
      for recipient in entry.envelope.recipients where !waiting.contains(recipient) {
        try mailboxes.prepare(recipient)
        try mailboxes.makeDurable(recipient)
      }
      for copy in entry.remaining {
        let baseName = MaildirName.base(id: entry.envelope.id, delivered: clock.now(), host: host, size: copy.size)
        try mailboxes.prepare(copy.recipient)
        try mailboxes.deliver(copy.name, to: copy.recipient, as: baseName)
        moved.append((copy, baseName))
        try mailboxes.makeDurable(copy.recipient)
      }
    } catch {
      try takeBack(moved, of: entry, because: error)
      throw error
    }
    return .delivered(balance: balance)
  }

  /// A delivery that stopped half-way is undone, so that "not 0" keeps meaning "not sent and not charged". Where a reader has
  /// a copy already the send stands: it is paid, and the rest is delivered by whoever comes next.
  private func takeBack(
    _ moved: [(copy: OutboxCopy, baseName: String)], of entry: any OutboxEntry, because failure: Failure
  ) throws(Failure) {
    var isWhole = true
    for (copy, baseName) in moved.reversed() {
      isWhole = try mailboxes.takeBack(baseName, from: copy.recipient, as: copy.name) && isWhole
    }
    if isWhole { try void(entry, because: failure) }
  }

  /// Decides that the message is never delivered, and gives back what was charged for it as far as that is possible now.
  func void(_ entry: any OutboxEntry, because failure: Failure) throws(Failure) {
    try entry.moveToVoiding(reason: failure.description)
    do throws(Failure) { try finishVoiding(entry) } catch {
      // The decision is durable and that is what counts; whoever comes next gives the money back.
      if error.kind == .internalError { throw error }
    }
  }

  /// Gives back the payment of a message in `voiding/` and files it as failed.
  func finishVoiding(_ entry: any OutboxEntry) throws(Failure) {
    let payment = NextStep.Payment(try payments.state(of: entry.envelope.id))
    let found = NextStep.Finding(
      place: .voiding, payment: payment, isComplete: true, isOwn: false, isQueued: entry.envelope.isQueued, isDue: true)
    if NextStep(after: found) == .reverse { try payments.reverse(entry.envelope.id) }
    try entry.fileAsFailed()
  }
}
