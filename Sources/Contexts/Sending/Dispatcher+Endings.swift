internal import MessageFormat
internal import SharedKernel

extension Dispatcher {
  /// The ending of an accepted message after a failure: a message that is withdrawn has failed; one that is promised or paid stays
  /// accepted.
  func ending(of entry: any OutboxEntry, after failure: Failure) throws(Failure) -> Ending {
    if entry.isWithdrawn { throw failure }
    if entry.envelope.isQueued { return .waiting(failure) }
    let payment: PaymentState
    do throws(Failure) { payment = try payments.state(of: entry.envelope.id) } catch { throw failure }
    if case .paid(_, _, let accepted) = payment, accepted == nil || accepted == entry.envelope.date { return .paidAndWaiting(failure) }
    throw failure
  }

  /// What the answer to a charge means for the message. One that was promised is not given up for want of an answer within its lifetime.
  func verdict(
    on entry: any OutboxEntry, _ outcome: Result<ChargeOutcome, Failure>, by initiator: Initiator, known: PaymentState,
    notes: inout [Failure]
  ) throws(Failure) -> Verdict {
    let envelope = entry.envelope
    switch outcome {
    case .success(.paid(let balance)): return .deliver(balance: balance)
    case .success(.declined(let why, let isFinal)):
      if !envelope.isQueued || isFinal && initiator == .firstAttempt {
        try entry.withdraw()
      } else if !isFinal, hasExpired(envelope) {
        return .ended(.declined(try giveUp(entry, after: known, notes: &notes)))
      } else if isFinal {
        try giveUp(entry, because: why, notes: &notes)
        let ended = "message \(envelope.id) of \(envelope.sender) was given up: \(why.message)"
        return .ended(.declined(Failure(.notPermitted, ended, remedy: "its sender is told; see 'msg-send --status \(envelope.id)'")))
      } else {
        deferMessage(entry, .credit(envelope.creditLine, since: envelope.date, until: expiry(of: envelope)), notes: &notes)
        return .ended(.waitingForCredit(why))
      }
      return .ended(.declined(why))
    case .success(.pending(let why)), .failure(let why):
      if envelope.isQueued {
        if hasExpired(envelope) { return .ended(.declined(try giveUp(entry, after: known, notes: &notes))) }
        deferMessage(entry, .time(RetrySchedule.next(accepted: envelope.date, now: clock.now())), notes: &notes)
        return .ended(.waiting(why))
      }
      throw try end(entry, unpaidBecause: outcome, why, by: initiator, known: known)
    }
  }

  /// Ends the attempt for a message that was not promised. One that is certainly not charged is withdrawn. One that may be charged is
  /// called off if its sender is answered now; recovery leaves it for the next command. Returns the failure to report.
  private func end(
    _ entry: any OutboxEntry, unpaidBecause outcome: Result<ChargeOutcome, Failure>, _ why: Failure, by initiator: Initiator,
    known: PaymentState
  ) throws(Failure) -> Failure {
    if case .failure = outcome {
      let isCertain = why.kind == .temporary || why.kind == .unavailable
      if case .pending = known, isCertain { return try callOff(entry, because: why, by: initiator) }
      if isCertain { try entry.withdraw() } else { try void(entry, because: why) }
      return why
    }
    return try callOff(entry, because: why, by: initiator)
  }

  /// Ends the attempt for a message whose payment is in doubt: it is not sent, and a charge, if there was one, is given back. Recovery asks
  /// the payment side again instead.
  private func callOff(_ entry: any OutboxEntry, because why: Failure, by initiator: Initiator) throws(Failure) -> Failure {
    if initiator == .recovery { return why }
    let isOver = try void(entry, because: Failure(why.kind, why.message))
    return Failure(
      why.kind, "\(why.message), so the message is not sent",
      remedy: isOver
        ? "a charge, if there was one, was given back; try again"
        : "a charge, if there was one, is given back; 'msg-pay doubt' shows it until its gateway confirms that")
  }

  /// Decides that the message is never delivered, and gives back what was charged for it as far as that is possible now. Returns whether
  /// that is over.
  @discardableResult
  func void(_ entry: any OutboxEntry, because failure: Failure) throws(Failure) -> Bool {
    try entry.moveToVoiding(reason: failure.description)
    sent?.drop(entry.envelope)
    do throws(Failure) { try finishVoiding(entry) } catch {
      // The decision is durable and that is what counts; a later command gives the money back.
      if error.kind == .internalError { throw error }
      return false
    }
    return true
  }

  /// Gives back the payment of a message in `voiding/` and files it as failed.
  func finishVoiding(_ entry: any OutboxEntry) throws(Failure) {
    let payment = NextStep.Payment(try payments.state(of: entry.envelope.id))
    let found = NextStep.Finding(
      place: .voiding, payment: payment, isComplete: true, isOwn: false, isQueued: entry.envelope.isQueued, isDue: true)
    if NextStep(after: found) == .reverse { try payments.reverse(entry.envelope.id) }
    try entry.fileAsFailed()
  }

  /// The times at which a message that waits may be marked, as far as its envelope says. Its marks are looked for before it is taken up and
  /// removed afterwards: another message of the same id has others by then.
  func markTimes(_ envelope: Envelope) -> [Timestamp] {
    [expiry(of: envelope), envelope.notBefore, RetrySchedule.next(accepted: envelope.date, now: clock.now())].compactMap { $0 }
  }

  /// Whether a message waits for longer than it is promised to.
  func hasExpired(_ envelope: Envelope) -> Bool {
    expiry(of: envelope) <= clock.now()
  }

  func expiry(of envelope: Envelope) -> Timestamp {
    max(envelope.date, envelope.notBefore ?? envelope.date).adding(queueLifetime)
  }

  /// Gives a promised message up and announces that to its sender: the event comes first, so that a crash in between only delays it.
  func giveUp(_ entry: any OutboxEntry, because why: Failure, notes: inout [Failure]) throws(Failure) {
    notes += feed.publish([entry.envelope.id.description])
    try void(entry, because: why)
  }

  /// Defers a promised message. Where that fails it stays in the outbox, as promised, and a later command tries it.
  func deferMessage(_ entry: any OutboxEntry, _ deferral: Deferral, notes: inout [Failure]) {
    do throws(Failure) { try entry.deferMessage(deferral) } catch { notes.append(error) }
  }

  /// What cannot be delivered must not stay charged.
  func setAsideDamaged(_ id: MessageID, at place: OutboxPlace, notes: inout [Failure]) throws(Failure) {
    try payments.reverse(id)
    try outbox.setAside(id, at: place)
    notes.append(Failure(.badData, "message \(id): its file was damaged", remedy: "it is kept in bad/, its payment was given back"))
  }

  /// Ends a message in `voiding/`, if there is one of that id.
  func finishVoiding(_ id: MessageID, wait: Bool) throws(Failure) {
    guard case .locked(let entry) = try outbox.entry(id, at: .voiding, wait: wait) else { return }
    try finishVoiding(entry)
  }
}
