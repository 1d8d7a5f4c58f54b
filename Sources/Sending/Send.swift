internal import MessageFormat
package import SharedKernel

/// A send as it is asked for: the draft, what it is called, what it costs.
package struct SendRequest: Sendable {
  package let draft: Draft
  package let id: MessageID
  /// Whether the id comes from a key, so that the same send may have been made before.
  package let isRepeatable: Bool
  /// Smallest units of the currency, for all copies together.
  package let price: Int64
  package let date: Timestamp
  /// Seconds east of UTC.
  package let dateOffset: Int64

  package init(draft: Draft, id: MessageID, isRepeatable: Bool, price: Int64, date: Timestamp, dateOffset: Int64) {
    (self.draft, self.id, self.isRepeatable, self.price) = (draft, id, isRepeatable, price)
    (self.date, self.dateOffset) = (date, dateOffset)
  }
}

extension Dispatcher {
  /// Sends: returns when it is delivered and paid, or throws and nothing was sent and nothing stays charged.
  /// `mayCharge` false stops it before the charge (75).
  package func send(_ request: SendRequest, mayCharge: () -> Bool = { true }) throws(Failure) -> Receipt {
    for recipient in request.draft.recipients { try mailboxes.check(recipient) }
    var notes: [Failure] = []
    // The place in the outbox may be taken by an earlier send of the same key, at work or left behind. Each round
    // ends one of them; more rounds than this would mean that something keeps making new ones.
    for _ in 0..<64 {
      if request.isRepeatable, let receipt = try earlierSend(request, notes: &notes) { return receipt }
      guard let entry = try outbox.accept(copies(of: request)) else { continue }
      var payment: PaymentState = .unpaid
      if request.isRepeatable {
        try finishVoiding(request.id, wait: true)
        payment = try payments.state(of: request.id)
      }
      if payment != .unpaid {
        // Somebody sent the same between the look and the acceptance.
        try entry.withdraw()
        continue
      }
      let ending = try carry(entry, by: .sender, payment: payment, notes: &notes, mayCharge: mayCharge)
      return try receipt(request, ending, notes: notes)
    }
    throw Failure(.temporary, "message \(request.id): others keep sending under the same key", remedy: "try again")
  }

  private func receipt(_ request: SendRequest, _ ending: Ending, notes: [Failure], isRepeat: Bool = false) throws(Failure) -> Receipt {
    func answer(_ state: Receipt.State, balance: Int64?) -> Receipt {
      Receipt(
        id: request.id, recipients: request.draft.recipients, state: state, price: request.price, balance: balance,
        isRepeat: isRepeat, at: request.date, notes: notes)
    }
    switch ending {
    case .delivered(let balance): return answer(.delivered, balance: balance)
    case .waiting: return answer(request.draft.notBefore == nil ? .queued : .scheduled, balance: nil)
    case .declined(let why): throw why
    case .withdrawn: throw Failure(.temporary, "message \(request.id): interrupted before it was charged", remedy: "nothing was sent")
    }
  }

  private func copies(of request: SendRequest) -> [OutgoingCopy] {
    let draft = request.draft
    return draft.recipients.indices.map { index in
      let envelope = Envelope(
        id: request.id, sender: draft.sender, recipients: draft.recipients, copy: index + 1, subject: draft.subject,
        priority: draft.priority, date: request.date, dateOffset: request.dateOffset, price: request.price,
        fingerprint: draft.fingerprint, isQueued: false, notBefore: draft.notBefore, host: host)
      return OutgoingCopy(envelope: envelope, content: envelope.message(text: draft.text))
    }
  }

  /// What an earlier send under the same key came to; nil when the key is free. One that was left unfinished is
  /// finished first, in the way recovery would.
  private func earlierSend(_ request: SendRequest, notes: inout [Failure]) throws(Failure) -> Receipt? {
    // In the order in which a message moves: one that is given up between the two looks is still met, and waited for.
    let attempt = try outbox.entry(request.id, at: .outbox, wait: true)
    if case .damaged = attempt { try setAsideDamaged(request.id, at: .outbox, notes: &notes) }
    try finishVoiding(request.id, wait: true)
    let payment = try payments.state(of: request.id)
    switch payment {
    case .paid(let fingerprint, _), .refunded(let fingerprint):
      if fingerprint != request.draft.fingerprint { throw otherContent(request) }
    case .pending(let fingerprint):
      if let fingerprint, fingerprint != request.draft.fingerprint { throw otherContent(request) }
    case .unpaid: break
    }
    if case .locked(let entry) = attempt {
      if entry.envelope.isQueued, entry.envelope.fingerprint != request.draft.fingerprint { throw otherContent(request) }
      let ending = try carry(entry, by: .repeated, payment: payment, notes: &notes)
      if ending == .withdrawn { return nil }
      return try receipt(request, ending, notes: notes, isRepeat: true)
    }
    if payment == .unpaid { return nil }
    return try receipt(request, .delivered(balance: nil), notes: notes, isRepeat: true)
  }

  private func otherContent(_ request: SendRequest) -> Failure {
    Failure(
      .badData, "the key of message \(request.id) was used for another message",
      remedy: "a key stands for one message: recipients, subject, text, priority and time; take a new key")
  }
}
