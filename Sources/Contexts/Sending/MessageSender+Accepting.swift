internal import MessageFormat
internal import SharedKernel

extension MessageSender {
  /// Accepts, charges and delivers sends of different ids; nil for one whose id is taken at the moment.
  func dispatch(
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
          // Another process sent the same between the look and the acceptance.
          try entry.withdraw()
        } else if let time = request.draft.notBefore, time > dispatcher.clock.now() {
          answers[index] = .success(
            try receipt(request, dispatcher.carry(entry, by: .firstAttempt, payment: .unpaid, notes: &notes), notes: notes))
        } else if !mayCharge() {
          answers[index] = .success(try receipt(request, dispatcher.withdraw(entry), notes: notes))
        } else {
          toCharge.append((index, entry))
        }
      } catch {
        let failure = error
        answers[index] = Result { () throws(Failure) in try receipt(request, refuse(entry, because: failure), notes: notes) }
      }
    }
    for (index, ending) in pay(toCharge.map({ $0.entry }), notes: &notes).enumerated() {
      let request = requests[toCharge[index].index]
      answers[toCharge[index].index] = Result { () throws(Failure) in try receipt(request, ending.get(), notes: notes) }
    }
    return answers
  }

  /// Withdraws a message that was just accepted and not charged, and fails with the reason. Where it cannot be withdrawn either, it stays
  /// accepted if that is what was asked for.
  private func refuse(_ entry: any OutboxEntry, because why: Failure) throws(Failure) -> Dispatcher.Ending {
    if !entry.isWithdrawn { do throws(Failure) { try entry.withdraw() } catch { return try dispatcher.ending(of: entry, after: why) } }
    throw why
  }

  /// Charges messages that were just accepted, and delivers those that are paid.
  private func pay(_ entries: [any OutboxEntry], notes: inout [Failure]) -> [Result<Dispatcher.Ending, Failure>] {
    var endings = [Result<Dispatcher.Ending, Failure>?](repeating: nil, count: entries.count)
    var paid: [(index: Int, balance: Balance?)] = []
    for (index, outcome) in dispatcher.payments.charge(entries.map({ $0.envelope })).enumerated() {
      do throws(Failure) {
        switch try dispatcher.verdict(on: entries[index], outcome, by: .firstAttempt, known: .unpaid, notes: &notes) {
        case .deliver(let balance): paid.append((index, balance))
        case .ended(let ending): endings[index] = .success(ending)
        }
      } catch {
        let failure = error
        endings[index] = Result { () throws(Failure) in try dispatcher.ending(of: entries[index], after: failure) }
      }
    }
    if !paid.isEmpty {
      for ((index, balance), failure) in zip(paid, dispatcher.deliver(paid.map { entries[$0.index] }, by: .firstAttempt, notes: &notes)) {
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
    if try dispatcher.outbox.isPresent(id, at: .deferred) { return true }
    try dispatcher.finishVoiding(id, wait: true)
    return try dispatcher.payments.state(of: id) != .unpaid
  }

  func copies(of request: SendRequest) -> [OutgoingCopy] {
    let draft = request.draft
    var list: String?
    return draft.recipients.indices.map { index in
      let envelope = Envelope(
        id: request.id, sender: draft.sender, recipients: draft.recipients, copy: index + 1, subject: draft.subject,
        priority: draft.priority, date: request.date, dateOffset: request.dateOffset, price: request.price,
        fingerprint: draft.fingerprint, isQueued: request.mayWait, notBefore: draft.notBefore, inReplyTo: draft.inReplyTo,
        payer: request.payer, tariffClass: request.tariffClass, key: request.key ?? "", host: dispatcher.host)
      let recipients = list ?? envelope.recipientList
      list = recipients
      return OutgoingCopy(envelope: envelope, content: envelope.message(text: draft.text, recipientList: recipients))
    }
  }
}
