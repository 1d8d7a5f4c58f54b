// Messages that were accepted with a promise and wait. They are kept outside outbox/, so that their number costs an ordinary command
// nothing. A message is requeued by rename into outbox/, where it is processed like every other message; if it cannot be paid for now, it
// is deferred again. Its lock is on the file, which stays the same file throughout, so only one process works on it at a time.
//
//   state        what exists                                     a crash here leaves       what a later command does
//   accepted     outbox/ID, ID.k, marked as queued               a queued message          charges it
//   marked       the same, and a mark of when to look, synced    the same                  the same; removes the stale mark
//   deferred     deferred/messages/ID, ID.k, and the mark        a message that waits      requeues it when its mark is due
//   requeued     outbox/ID, the mark                             a queued message          charges it
//   secured      the same; outbox/ and deferred/messages/ synced the same                  the same; a power cut leaves one place
//   over         new/ID, or failed/ID; the mark                  a stale mark              removes it when it is due, or --flush --all
//
// A mark is made anew at each deferral, under a name of its own, and before the message moves. So a mark may be removed when its message is
// found neither in outbox/ nor, after that, in deferred/messages/: one that waits again has another. The process that
// requeues a message removes the marks that it had. Their times follow from the message (its own time, its next try, its end); those for
// credit are found by their account, which a flush goes through anyway.

internal import MessageFormat
package import SharedKernel

extension Dispatcher {
  /// The outcome for one waiting message.
  private enum Resumption {
    /// It no longer waits, or another process works on it.
    case settled
    /// Its sender still has no credit, so the other messages of that sender need not be tried.
    case noCredit(Name)
    /// Nothing can be paid now.
    case notNow(Failure)
  }

  /// Takes up what is due by its time, at most `limit` messages as long as `mayGoOn`. Never waits for another process that has a message in
  /// hand; with `waits` a message waits for its turn at a gateway.
  package func resumeDue(limit: Int, waits: Bool = true, while mayGoOn: () -> Bool = { true }) -> [Failure] {
    var notes: [Failure] = []
    do throws(Failure) {
      for mark in try outbox.due(at: clock.now(), limit: limit) {
        guard mayGoOn() else { break }
        if case .notNow(let why) = try resume(mark.id, mark, waits: waits, notes: &notes) {
          notes.append(why)
          break
        }
      }
    } catch { notes.append(error) }
    return notes
  }

  /// Tries everything that is due, and the messages that wait for credit as far as the credit goes.
  package func flush(while mayGoOn: () -> Bool = { true }) -> [Failure] {
    var notes = resumeDue(limit: .max, while: mayGoOn)
    do throws(Failure) {
      for account in try outbox.accountsWaitingForCredit() {
        marks: for mark in try outbox.waitingForCredit(account) {
          guard mayGoOn() else { return notes }
          switch try resume(mark.id, mark, notes: &notes) {
          case .settled: continue
          case .noCredit: break marks
          case .notNow(let why): return notes + [why]
          }
        }
      }
    } catch { notes.append(error) }
    return notes
  }

  /// Tries everything that waits, due or not; only what is scheduled still waits for its time.
  package func flushAll(while mayGoOn: () -> Bool = { true }) -> [Failure] {
    var notes: [Failure] = []
    var withoutCredit: [Name] = []
    do throws(Failure) {
      for id in try outbox.messages(at: .deferred, limit: .max).sorted() {
        guard mayGoOn() else { return notes }
        switch try resume(id, nil, passingOver: withoutCredit, notes: &notes) {
        case .settled: continue
        case .noCredit(let account): if !withoutCredit.contains(account) { withoutCredit.append(account) }
        case .notNow(let why): return notes + [why]
        }
      }
    } catch { notes.append(error) }
    return notes
  }

  /// Removes the marks of what is over: those that a killed command left, and those for credit.
  package func removeStaleMarks(while mayGoOn: () -> Bool = { true }) -> [Failure] {
    do throws(Failure) {
      for mark in try outbox.allMarks() where try isOver(mark.id) {
        guard mayGoOn() else { break }
        try outbox.remove(mark)
      }
      return []
    } catch { return [error] }
  }

  /// One that is being deferred is marked already, and still in the outbox; by the second look it may wait.
  private func isOver(_ id: MessageID) throws(Failure) -> Bool {
    for place in [OutboxPlace.outbox, .deferred] where try outbox.isPresent(id, at: place) { return false }
    return true
  }

  /// How many wait that a flush would try, counted up to `limit`.
  package func waitingCount(limit: Int, dueOrNot isAll: Bool) throws(Failure) -> Int {
    try isAll ? outbox.messages(at: .deferred, limit: limit).count : outbox.due(at: clock.now(), limit: limit).count
  }

  /// Marks a message as due now, whatever it waits for.
  package func scheduleNow(_ id: MessageID) throws(Failure) -> DueMark { try outbox.scheduleNow(id, at: clock.now()) }

  /// Takes up the one message that a mark tells of. Never waits for another process: what has it in hand goes on with it.
  package func resume(_ mark: DueMark) -> [Failure] {
    var notes: [Failure] = []
    do throws(Failure) {
      if case .notNow(let why) = try resume(mark.id, mark, notes: &notes) { notes.append(why) }
    } catch { notes.append(error) }
    return notes
  }

  private func resume(
    _ id: MessageID, _ mark: DueMark?, passingOver poor: [Name] = [], waits: Bool = true, notes: inout [Failure]
  ) throws(Failure) -> Resumption {
    switch try entry(id, at: .deferred, wait: false) {
    case .busy: return .settled
    case .absent:
      guard try isOver(id) else { return .settled }
    case .damaged: try setAsideDamaged(id, at: .deferred, notes: &notes)
    case .locked(let entry):
      let envelope = entry.envelope
      if let time = envelope.notBefore, time > clock.now() { return .settled }
      if poor.contains(envelope.sender) { return .settled }
      if !hasExpired(envelope), try payments.preflight(envelope) != nil { return .noCredit(envelope.sender) }
      // One that was asked for already may have its answer by now, whatever the gateway is like.
      if envelope.price > .zero, !hasExpired(envelope), try payments.state(of: id) == .unpaid, let why = try obstacle(waits: waits) {
        return .notNow(why)
      }
      defer { payments.release() }
      // Somebody sends under the same key just now; this one's turn comes.
      let marks = try marks(of: envelope)
      guard try entry.requeue() else { return .settled }
      let ending = try carry(entry, by: .recovery, notes: &notes)
      for mark in marks { try outbox.remove(mark) }
      if let mark { try outbox.remove(mark) }
      switch ending {
      case .waitingForCredit: return .noCredit(envelope.sender)
      case .waiting(let why): return why.map { .notNow($0) } ?? .settled
      case .declined(let why):
        // Reported, but not as a failure of the flush.
        notes.append(Failure(.nothing, why.message, remedy: why.remedy))
        return .settled
      case .paidAndWaiting(let why):
        notes.append(why)
        return .settled
      case .delivered, .withdrawn: return .settled
      }
    }
    if let mark { try outbox.remove(mark) }
    return .settled
  }

  /// Why nothing can be charged now; nil where a charge is set aside.
  private func obstacle(waits: Bool) throws(Failure) -> Failure? {
    if let why = try payments.availability().outage { return why }
    do throws(Failure) { try payments.reserve(waits: waits) } catch {
      guard error.kind == .temporary || error.kind == .unavailable else { throw error }
      return error
    }
    return nil
  }

  /// The marks of a message that waits, as far as its envelope says where they are. They are looked for before it is taken up and removed
  /// afterwards: another message of the same id has others by then.
  func marks(of envelope: Envelope, for account: Name? = nil) throws(Failure) -> [DueMark] {
    let times = [expiry(of: envelope), envelope.notBefore, RetrySchedule.next(accepted: envelope.date, now: clock.now())]
    return try outbox.marks(of: envelope.id, at: times.compactMap { $0 }, for: account)
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

  /// Puts a promised message where what waits stands. Where that fails it stays in the outbox, as promised, and is tried by
  /// a later command.
  func deferMessage(_ entry: any OutboxEntry, _ deferral: Deferral, notes: inout [Failure]) {
    do throws(Failure) { try entry.deferMessage(deferral) } catch { notes.append(error) }
  }
}
