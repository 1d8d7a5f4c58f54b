internal import MessageFormat
package import SharedKernel

/// A send as it is asked for: the draft, what it is called, what it costs.
package struct SendRequest: Sendable {
  package let draft: Draft
  package let id: MessageID
  /// What its sender calls it; nil where the id was drawn.
  package let key: String?
  /// Whether the id comes from a key, so that the same send may have been made before.
  package private(set) var isRepeatable: Bool
  /// Smallest units of the currency, for all copies together.
  package let price: Amount
  package let date: Timestamp
  /// Seconds east of UTC.
  package let dateOffset: Int64
  /// Whether it may wait for its payment: accepted is then as good as sent. One for a later time always may.
  package let mayWait: Bool
  /// The time of delivery asked for, of a send that is accepted at a time: `+15m` means another for each. Not before the acceptance.
  package let deliveryTime: @Sendable (_ accepted: Timestamp) -> Timestamp
  /// Why it may not be made now; an earlier send under its key is still answered.
  package let refusal: Failure?

  package init(
    draft: Draft, id: MessageID, key: String? = nil, isRepeatable: Bool, price: Amount, date: Timestamp, dateOffset: Int64,
    mayWait: Bool = false, deliveryTime: @escaping @Sendable (Timestamp) -> Timestamp = { $0 }, refusal: Failure? = nil
  ) {
    (self.draft, self.id, self.key, self.isRepeatable, self.price) = (draft, id, key, isRepeatable, price)
    (self.date, self.dateOffset, self.mayWait) = (date, dateOffset, mayWait || draft.notBefore != nil)
    (self.deliveryTime, self.refusal) = (deliveryTime, refusal)
  }

  /// The same send when it is not known how far the first came: what there is of it is finished, and answered as the first would be.
  package func repeated() -> SendRequest {
    var request = self
    request.isRepeatable = true
    return request
  }

  /// A failure as its sender is told of it: the message goes by its key.
  func named(_ failure: Failure) -> Failure {
    guard let key else { return failure }
    return Failure(failure.kind, failure.message.replacing("message \(id)", with: "message '\(key)'"), remedy: failure.remedy)
  }
}

extension Dispatcher {
  /// Sends: returns when it is delivered and paid or, where it may wait, durably accepted; or throws and nothing was sent and nothing
  /// stays charged. `mayCharge` is asked right before the charge, the last moment at which the sender can still step back (75).
  package func send(_ request: SendRequest, mayCharge: () -> Bool = { true }) throws(Failure) -> Receipt {
    do throws(Failure) { return try sendInRounds(request, mayCharge) } catch { throw request.named(error) }
  }

  private func sendInRounds(_ request: SendRequest, _ mayCharge: () -> Bool) throws(Failure) -> Receipt {
    for recipient in request.draft.recipients { try mailboxes.check(recipient) }
    defer { payments.release() }
    var notes: [Failure] = []
    // The place in the outbox may be taken by an earlier send of the same key, at work or left behind. Each round
    // ends one of them; more rounds than this would mean that something keeps making new ones.
    for _ in 0..<64 {
      if let receipt = try answerAtOnce(request, notes: &notes) { return receipt }
      if let answer = dispatch([request], notes: &notes, mayCharge: mayCharge)[0] { return try answer.get() }
    }
    throw Failure(.temporary, "message \(request.id): others keep sending under the same key", remedy: "try again")
  }

  /// Sends several, each for itself but with their syncs in common. Answers in their order.
  package func send(_ requests: [SendRequest], mayCharge: () -> Bool = { true }) -> [Result<Receipt, Failure>] {
    defer { payments.release() }
    var answers = [Result<Receipt, Failure>?](repeating: nil, count: requests.count)
    var group: [Int] = []
    func sendGroup() {
      var notes: [Failure] = []
      for (index, answer) in zip(group, dispatch(group.map { requests[$0] }, notes: &notes, mayCharge: mayCharge)) {
        // One whose place is taken goes through the rounds that this takes.
        answers[index] = answer ?? Result { () throws(Failure) in try send(requests[index], mayCharge: mayCharge) }
      }
      group = []
    }
    for (index, request) in requests.enumerated() {
      // The second of the same id is the first one's repeat.
      if group.contains(where: { requests[$0].id == request.id }) { sendGroup() }
      do throws(Failure) {
        for recipient in request.draft.recipients { try mailboxes.check(recipient) }
        var notes: [Failure] = []
        if let receipt = try answerAtOnce(request, notes: &notes) {
          answers[index] = .success(receipt)
        } else {
          group.append(index)
        }
      } catch { answers[index] = .failure(error) }
    }
    sendGroup()
    return zip(requests, answers).map { request, answer in
      (answer ?? .failure(Failure(.internalError, "a send was not answered"))).mapError(request.named)
    }
  }

  /// The answer to what needs no message of its own: the repeat of an earlier send, and one that could neither be paid for now nor wait,
  /// which is told so before anything is written. Any other has what its charge needs then, and nobody takes that away while it is written.
  private func answerAtOnce(_ request: SendRequest, notes: inout [Failure]) throws(Failure) -> Receipt? {
    if request.isRepeatable, let receipt = try earlierSend(request, notes: &notes) { return receipt }
    if let why = request.refusal { throw why }
    if !request.mayWait, request.price > .zero {
      if let why = try payments.availability().outage { throw why }
      try payments.reserve(waits: true)
    }
    return nil
  }

  /// Accepts, charges and delivers sends of different ids; nil for one whose id is taken at the moment.
  private func dispatch(
    _ requests: [SendRequest], notes: inout [Failure], mayCharge: () -> Bool
  ) -> [Result<Receipt, Failure>?] {
    var answers = [Result<Receipt, Failure>?](repeating: nil, count: requests.count)
    var toCharge: [(index: Int, entry: any OutboxEntry)] = []
    for (index, accepted) in outbox.accept(requests.map(copies)).enumerated() {
      let request = requests[index]
      guard case .success(let entry?) = accepted else {
        if case .failure(let failure) = accepted { answers[index] = .failure(failure) }
        continue
      }
      do throws(Failure) {
        if request.isRepeatable, try isKnown(request.id) {
          // Somebody sent the same between the look and the acceptance.
          try entry.withdraw()
        } else if let time = request.draft.notBefore, time > clock.now() {
          answers[index] = .success(try receipt(request, carry(entry, by: .firstAttempt, payment: .unpaid, notes: &notes), notes: notes))
        } else if !mayCharge() {
          answers[index] = .success(try receipt(request, withdraw(entry), notes: notes))
        } else {
          toCharge.append((index, entry))
        }
      } catch {
        let failure = error
        answers[index] = Result { () throws(Failure) in try receipt(request, refuse(entry, because: failure), notes: notes) }
      }
    }
    for (index, ending) in pay(toCharge.map(\.entry), notes: &notes).enumerated() {
      let request = requests[toCharge[index].index]
      answers[toCharge[index].index] = Result { () throws(Failure) in try receipt(request, ending.get(), notes: notes) }
    }
    return answers
  }

  /// Withdraws a message that was just accepted and not charged, and fails with the reason. Where it cannot be withdrawn either, it stays
  /// accepted if that is what was asked for.
  private func refuse(_ entry: any OutboxEntry, because why: Failure) throws(Failure) -> Ending {
    if !entry.isWithdrawn { do throws(Failure) { try entry.withdraw() } catch { return try ending(of: entry, after: why) } }
    throw why
  }

  /// Charges messages that were just accepted, and delivers those that are paid.
  private func pay(_ entries: [any OutboxEntry], notes: inout [Failure]) -> [Result<Ending, Failure>] {
    var endings = [Result<Ending, Failure>?](repeating: nil, count: entries.count)
    var paid: [(index: Int, balance: Int64?)] = []
    for (index, outcome) in payments.charge(entries.map(\.envelope)).enumerated() {
      do throws(Failure) {
        switch try verdict(on: entries[index], outcome, by: .firstAttempt, known: .unpaid, notes: &notes) {
        case .deliver(let balance): paid.append((index, balance))
        case .ended(let ending): endings[index] = .success(ending)
        }
      } catch {
        let failure = error
        endings[index] = Result { () throws(Failure) in try ending(of: entries[index], after: failure) }
      }
    }
    if !paid.isEmpty {
      for ((index, balance), failure) in zip(paid, deliver(paid.map { entries[$0.index] }, by: .firstAttempt, notes: &notes)) {
        endings[index] =
          if let failure { entries[index].isWithdrawn ? .failure(failure) : .success(.paidAndWaiting(failure)) } else {
            .success(.delivered(balance: balance))
          }
      }
    }
    return endings.map { $0 ?? .failure(Failure(.internalError, "a charge was not answered")) }
  }

  /// Whether an id was sent or waits, or is paid for: asked while its place in the outbox is held.
  private func isKnown(_ id: MessageID) throws(Failure) -> Bool {
    if try outbox.isPresent(id, at: .deferred) { return true }
    try finishVoiding(id, wait: true)
    return try payments.state(of: id) != .unpaid
  }

  /// `accepted` is when the message was; nil where that is not known any more.
  private func receipt(
    _ request: SendRequest, _ ending: Ending, notes: [Failure], isRepeat: Bool, accepted: Timestamp?
  ) throws(Failure) -> Receipt {
    let at = accepted.map(request.deliveryTime)
    func answer(_ state: Receipt.State, balance: Int64? = nil, waitsFor reason: Failure? = nil, isPaid: Bool = false) -> Receipt {
      Receipt(
        id: request.id, recipients: request.draft.recipients, state: state, price: request.price, balance: balance, isPaid: isPaid,
        isRepeat: isRepeat, at: at, accepted: accepted, reason: reason.map(request.named), notes: notes.map(request.named))
    }
    switch ending {
    case .delivered(let balance): return answer(.delivered, balance: balance, isPaid: true)
    case .waiting(nil): return answer(at.map { $0 > clock.now() } == true ? .scheduled : .queued)
    case .waiting(let why), .waitingForCredit(let why as Failure?): return answer(.queued, waitsFor: why)
    case .paidAndWaiting(let why): return answer(.queued, waitsFor: why, isPaid: true)
    case .declined(let why): throw why
    case .withdrawn: throw Failure(.temporary, "message \(request.id): interrupted before it was charged", remedy: "nothing was sent")
    }
  }

  private func receipt(_ request: SendRequest, _ ending: Ending, notes: [Failure]) throws(Failure) -> Receipt {
    try receipt(request, ending, notes: notes, isRepeat: false, accepted: request.date)
  }

  func copies(of request: SendRequest) -> [OutgoingCopy] {
    let draft = request.draft
    var list: String?
    return draft.recipients.indices.map { index in
      let envelope = Envelope(
        id: request.id, sender: draft.sender, recipients: draft.recipients, copy: index + 1, subject: draft.subject,
        priority: draft.priority, date: request.date, dateOffset: request.dateOffset, price: request.price,
        fingerprint: draft.fingerprint, isQueued: request.mayWait, notBefore: draft.notBefore, inReplyTo: draft.inReplyTo, host: host)
      let recipients = list ?? envelope.recipientList
      list = recipients
      return OutgoingCopy(envelope: envelope, content: envelope.message(text: draft.text, recipientList: recipients))
    }
  }

  /// What an earlier send under the same key came to; nil when the key is free. One that was left unfinished is
  /// finished first, in the way recovery would; one that waits is tried.
  private func earlierSend(_ request: SendRequest, notes: inout [Failure]) throws(Failure) -> Receipt? {
    // In the order in which a message moves: one that is given up between the two looks is still met, and waited for.
    let attempt = try entry(request.id, at: .outbox, wait: true)
    if case .damaged = attempt { try setAsideDamaged(request.id, at: .outbox, notes: &notes) }
    if case .absent = attempt, let receipt = try waitingSend(request, notes: &notes) { return receipt }
    if case .locked(let entry) = attempt, entry.envelope.isQueued {
      if entry.envelope.fingerprint != request.draft.fingerprint { throw otherContent(request) }
      return try continued(request, entry, notes: &notes)
    }
    try finishVoiding(request.id, wait: true)
    let payment = try payments.state(of: request.id)
    var accepted: Timestamp?
    switch payment {
    case .paid(let fingerprint, _, let time):
      if fingerprint != request.draft.fingerprint { throw otherContent(request) }
      accepted = time
    case .refunded(let fingerprint):
      if fingerprint != request.draft.fingerprint { throw otherContent(request) }
    case .pending(let fingerprint, _):
      if let fingerprint, fingerprint != request.draft.fingerprint { throw otherContent(request) }
    case .unpaid: break
    }
    if case .locked(let entry) = attempt { return try continued(request, entry, notes: &notes) }
    // Asked at a gateway, and no message that tells of it: it is being moved, so look again.
    if case .pending = payment { return nil }
    if payment == .unpaid { return nil }
    return try receipt(request, .delivered(balance: nil), notes: notes, isRepeat: true, accepted: accepted)
  }

  /// The answer to an earlier send that waits, after a try where it is due; nil when there is none.
  private func waitingSend(_ request: SendRequest, notes: inout [Failure]) throws(Failure) -> Receipt? {
    guard case .locked(let entry) = try entry(request.id, at: .deferred, wait: true) else { return nil }
    if entry.envelope.fingerprint != request.draft.fingerprint { throw otherContent(request) }
    if let time = entry.envelope.notBefore, time > clock.now() {
      return try receipt(request, .waiting(nil), notes: notes, isRepeat: true, accepted: entry.envelope.date)
    }
    let marks: [DueMark]
    do throws(Failure) {
      marks = try self.marks(of: entry.envelope, for: entry.envelope.sender)
      guard try entry.requeue() else { return nil }
    } catch {
      return try receipt(request, .waiting(error), notes: notes, isRepeat: true, accepted: entry.envelope.date)
    }
    let answer = try continued(request, entry, notes: &notes)
    for mark in marks { do throws(Failure) { try outbox.remove(mark) } catch { notes.append(error) } }
    return answer
  }

  /// The answer to an earlier send whose message is there, after another try; nil when it is withdrawn. What was accepted stays so.
  private func continued(_ request: SendRequest, _ entry: any OutboxEntry, notes: inout [Failure]) throws(Failure) -> Receipt? {
    let ending: Ending
    do throws(Failure) {
      try finishVoiding(request.id, wait: true)
      ending = try carry(entry, by: .retry, notes: &notes)
    } catch { ending = try self.ending(of: entry, after: error) }
    return ending == .withdrawn ? nil : try receipt(request, ending, notes: notes, isRepeat: true, accepted: entry.envelope.date)
  }

  func otherContent(_ request: SendRequest) -> Failure {
    Failure(
      .badData, "the key of message \(request.id) was used for another message",
      remedy: "a key stands for one message: recipients, subject, text, priority and time; take a new key")
  }
}
