package import Ledger
internal import MessageFormat
package import Sending
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// Where sent messages are: the query side of sending. It changes nothing.
package struct SentMessageQuery {
  let root: SpoolRoot
  private let ledger: GeneralLedger
  let entries: any LedgerEntries
  private let schedule: any RetryTimes
  private let clock: any Clock
  private let events: EventHeaders

  package init(in spool: Spool, ledger: GeneralLedger, entries: any LedgerEntries, schedule: any RetryTimes, clock: any Clock) {
    events = EventHeaders(in: spool.root)
    (root, self.ledger, self.entries, self.schedule, self.clock) = (spool.root, ledger, entries, schedule, clock)
  }

  /// What is accepted and not delivered yet, in the order in which they are due, each with the time at which it is looked at next.
  package func waiting() throws(Failure) -> [(message: SentMessage, next: Timestamp?)] {
    var ids: [MessageID] = []
    for place in [SpoolFolder.outbox, .deferred] {
      guard let folder = try onSpool(root.folderIfPresent(place)) else { continue }
      ids += try onSpool(folder.names(of: .file)).compactMap { MessageID($0) }
    }
    let times = try schedule.timesOfNextTries()
    var found: [(message: SentMessage, next: Timestamp?)] = []
    for id in Set(ids) {
      guard let (envelope, words) = try onSpool(waiting(id)) else { continue }
      let message = SentMessage(
        id: id, state: stateOfWaiting(envelope), envelope: envelope, copies: [], words: words, price: envelope.price, paid: nil,
        delivered: nil, read: nil, refunded: nil, error: nil)
      found.append((message, times[id]))
    }
    return found.sorted { left, right in
      // What has no time is tried at once.
      let (one, other) = (left.next ?? Timestamp(seconds: 0), right.next ?? Timestamp(seconds: 0))
      return one != other
        ? one < other : (left.message.envelope?.date ?? one, left.message.id) < (right.message.envelope?.date ?? one, right.message.id)
    }
  }

  /// What became of a send; nil when nothing here knows the id.
  package func message(_ id: MessageID) throws(Failure) -> SentMessage? {
    try message(id, onSpool(CopySearch(in: root, only: [id])), charge: lastCharge)
  }

  /// `charge` finds the record of a payment's last charge. It is asked where the last record of its id is another.
  func message(
    _ id: MessageID, _ search: CopySearch, charge: (Payment) throws(Failure) -> BookEntry?
  ) throws(Failure) -> SentMessage? {
    let copies = try onSpool(search.copies(of: id))
    let waiting = try onSpool(waiting(id)), voiding = try onSpool(front(of: id, in: .voiding)),
      failed = try onSpool(front(of: id, in: .failed))
    let isSeen = !copies.isEmpty || waiting != nil || voiding != nil || failed != nil
    let payment = try ledger.payment(of: id).flatMap { (payment) throws(Failure) in
      try isOfMessage(payment, isSeen: isSeen, charge) ? payment : nil
    }
    let isPaid = payment?.state == .charged || payment?.state == .refunded || payment?.external?.reversal == .refund
    var (paid, accepted) = (isPaid ? payment?.time : nil, payment.flatMap { MessageMemo.time($0.memo) })
    if let payment, isPaid, payment.state != .charged {
      let charge = try charge(payment)
      (paid, accepted) = (charge?.time, charge.flatMap { MessageMemo.time($0.posting.memo) })
    }
    // Not of an earlier send of the same id, which was given up before this one was paid.
    let isGivenUp = accepted != nil && (voiding ?? failed)?.envelope.date == accepted
    let reason = try onSpool(self.reason(id))
    let isRefunded = payment?.state == .refunded || payment?.external?.reversal == .refund
    let state: SentMessage.State
    let hasReadAll = copies.count == copies.first?.envelope?.recipients.count && copies.allSatisfy { $0.read != nil }
    if let waiting, copies.count < waiting.envelope.recipients.count {
      state = stateOfWaiting(waiting.envelope)
    } else if !copies.isEmpty || isPaid && !isGivenUp {
      state = isRefunded ? .refunded : hasReadAll ? .read : .delivered
    } else if let reason, CancelReason.isOne(reason), voiding != nil || failed != nil || payment?.state == .voided {
      state = .cancelled
    } else if voiding != nil || isPaid || payment?.state == .voided || payment?.state == .reversing {
      state = .voided
    } else if failed != nil {
      state = .failed
    } else {
      return nil
    }
    let isOver = state == .failed || state == .voided || state == .cancelled
    var other = waiting ?? voiding ?? failed
    if copies.isEmpty, other == nil, let accepted { other = try onSpool(events.front(of: id, accepted: accepted)) }
    return SentMessage(
      id: id, state: state, envelope: copies.first?.envelope ?? other?.envelope, copies: copies,
      words: copies.map { $0.words }.first { !$0.isEmpty } ?? other?.words ?? "", price: payment?.amount ?? waiting?.envelope.price,
      paid: paid,
      delivered: delivered(copies, paid: paid), read: hasReadAll ? copies.compactMap { $0.read }.max() : nil,
      refunded: state == .refunded ? payment?.time : nil, error: isOver ? reason.map { $0 + SentMessageQuery.fate(of: payment) } : nil)
  }

  /// Whether a payment is of a message, not of a 'msg-pay' key that looks like an id. `isSeen` says that there is such a message.
  private func isOfMessage(
    _ payment: Payment, isSeen: Bool, _ charge: (Payment) throws(Failure) -> BookEntry?
  ) throws(Failure) -> Bool {
    if payment.external != nil { return true }
    switch payment.state {
    case .charged: return payment.subject == .message
    case .voided: return isSeen ? true : try charge(payment)?.posting.subject == .message
    // Only the charge of a message can be refunded.
    case .refunded: return true
    case .pending, .declined, .reversing, .toppedUp, .reversed, .adjusted, .paidOut, .opened, .closed, .renamed: return false
    }
  }

  /// Looked for among what its payer paid: the book finds of an id only what was recorded last.
  private func lastCharge(of payment: Payment) throws(Failure) -> BookEntry? {
    var charge: BookEntry?
    try entries.forEachEntry(of: payment.account) { entry throws(Failure) in
      if entry.posting.id == payment.id, entry.posting.isCharge { charge = entry }
      return charge == nil
    }
    return charge
  }

  /// A message that is not delivered yet goes back and forth between where it waits and where it is worked on.
  private func waiting(_ id: MessageID) throws(SystemError) -> (envelope: Envelope, words: String)? {
    for place in [SpoolFolder.outbox, .deferred, .outbox] { if let found = try front(of: id, in: place) { return found } }
    return nil
  }

  /// How the waiting of an accepted message is called.
  private func stateOfWaiting(_ envelope: Envelope) -> SentMessage.State {
    if let time = envelope.notBefore, time > clock.now() { return .scheduled }
    return envelope.isQueued ? .queued : .paying
  }

  /// Names of earlier versions tell whole seconds; a delivery is never earlier than its payment.
  private func delivered(_ copies: [DeliveredCopy], paid: Timestamp?) -> Timestamp? {
    copies.map { $0.delivered }.max().map { max($0, paid ?? $0) }
  }

  private func front(of id: MessageID, in place: SpoolFolder) throws(SystemError) -> (envelope: Envelope, words: String)? {
    guard let file = try root.folderIfPresent(place)?.front(of: "\(id)"), let envelope = Envelope(file.header) else { return nil }
    return (envelope, file.words)
  }

  /// What became of the money of a message that is over, where a gateway has to say so.
  private static func fate(of payment: Payment?) -> String {
    guard let payment, let external = payment.external else { return "" }
    let charge = external.charged == .zero ? "a charge, if there was one," : "its charge"
    return switch payment.state {
    case .voided, .refunded: "; \(charge) was given back"
    case .reversing: "; \(charge) is being given back: see 'msg-pay doubt'"
    case .pending, .charged, .declined, .toppedUp, .reversed, .adjusted, .paidOut, .opened, .closed, .renamed: ""
    }
  }

  private func reason(_ id: MessageID) throws(SystemError) -> String? {
    try root.contents(of: .reason(of: id), limit: SizeLimit.note).map { String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self) }
  }
}
