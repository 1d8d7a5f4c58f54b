internal import MessageFormat
internal import SharedKernel

extension MessageSender {
  /// What an earlier send under the same key came to; nil when the key is free. One that was left unfinished is
  /// finished first, in the way recovery would; one that waits is tried.
  func earlierSend(_ request: SendRequest, notes: inout [Failure]) throws(Failure) -> Receipt? {
    // In the order in which a message moves: one that is given up between the two looks is still met, and waited for.
    let attempt = try dispatcher.entry(request.id, at: .outbox, wait: true)
    if case .damaged = attempt { try dispatcher.setAsideDamaged(request.id, at: .outbox, notes: &notes) }
    if case .absent = attempt, let receipt = try waitingSend(request, notes: &notes) { return receipt }
    if case .locked(let entry) = attempt, entry.envelope.isQueued {
      if entry.envelope.fingerprint != request.draft.fingerprint { throw otherContent(request) }
      return try continued(request, entry, notes: &notes)
    }
    try dispatcher.finishVoiding(request.id, wait: true)
    let payment = try dispatcher.payments.state(of: request.id)
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
    guard case .locked(let entry) = try dispatcher.entry(request.id, at: .deferred, wait: true) else { return nil }
    if entry.envelope.fingerprint != request.draft.fingerprint { throw otherContent(request) }
    if let time = entry.envelope.notBefore, time > dispatcher.clock.now() {
      return try receipt(request, .waiting(nil), notes: notes, isRepeat: true, accepted: entry.envelope.date)
    }
    let found: [DueMark]
    do throws(Failure) {
      found = try marks.marks(of: request.id, at: dispatcher.markTimes(entry.envelope), for: entry.envelope.creditLine)
      guard try entry.requeue() else { return nil }
    } catch {
      return try receipt(request, .waiting(error), notes: notes, isRepeat: true, accepted: entry.envelope.date)
    }
    let answer = try continued(request, entry, notes: &notes)
    for mark in found { do throws(Failure) { try marks.remove(mark) } catch { notes.append(error) } }
    return answer
  }

  /// The answer to an earlier send whose message is there, after another try; nil when it is withdrawn. What was accepted stays so.
  private func continued(_ request: SendRequest, _ entry: any OutboxEntry, notes: inout [Failure]) throws(Failure) -> Receipt? {
    let ending: Dispatcher.Ending
    do throws(Failure) {
      try dispatcher.finishVoiding(request.id, wait: true)
      ending = try dispatcher.carry(entry, by: .retry, notes: &notes)
    } catch { ending = try dispatcher.ending(of: entry, after: error) }
    return ending == .withdrawn ? nil : try receipt(request, ending, notes: notes, isRepeat: true, accepted: entry.envelope.date)
  }

  func otherContent(_ request: SendRequest) -> Failure {
    Failure(
      .badData, "the key of message \(request.id) was used for another message",
      remedy: "a key stands for one message: recipients, subject, text, priority and time; take a new key")
  }
}
