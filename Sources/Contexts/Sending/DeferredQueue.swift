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

/// The messages that wait for their time or for a payment.
package struct DeferredQueue {
  let dispatcher: Dispatcher
  let listing: any OutboxListing
  let schedule: any OutboxSchedule
  let planning: any ChargePlanning

  package init(_ dispatcher: Dispatcher, listing: any OutboxListing, schedule: any OutboxSchedule, planning: any ChargePlanning) {
    (self.dispatcher, self.listing, self.schedule, self.planning) = (dispatcher, listing, schedule, planning)
  }

  /// The outcome for one waiting message.
  private enum Resumption {
    /// It no longer waits, or another process works on it.
    case settled
    /// There is still no credit for it, so the others that wait for the same credit need not be tried.
    case noCredit(CreditLine)
    /// Nothing can be paid now.
    case notNow(Failure)
  }

  /// Requeues what is due by its time, at most `limit` messages as long as `mayGoOn`. Never waits for another process that has a message in
  /// hand; with `waits` a message waits for its turn at a gateway.
  package func resumeDue(limit: Int, waits: Bool = true, while mayGoOn: () -> Bool = { true }) -> [Failure] {
    var notes: [Failure] = []
    do throws(Failure) {
      for mark in try schedule.due(at: dispatcher.clock.now(), limit: limit) {
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
      for line in try schedule.creditLines() {
        marks: for mark in try schedule.waiting(for: line) {
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
    var withoutCredit: [CreditLine] = []
    do throws(Failure) {
      for id in try listing.messages(at: .deferred, limit: .max).sorted() {
        guard mayGoOn() else { return notes }
        switch try resume(id, nil, passingOver: withoutCredit, notes: &notes) {
        case .settled: continue
        case .noCredit(let line): if !withoutCredit.contains(line) { withoutCredit.append(line) }
        case .notNow(let why): return notes + [why]
        }
      }
    } catch { notes.append(error) }
    return notes
  }

  /// Removes the marks of what is over: those that a killed command left, and those for credit.
  package func removeStaleMarks(while mayGoOn: () -> Bool = { true }) -> [Failure] {
    do throws(Failure) {
      for mark in try schedule.allMarks() where try isOver(mark.id) {
        guard mayGoOn() else { break }
        try schedule.remove(mark)
      }
      return []
    } catch { return [error] }
  }

  /// One that is being deferred is marked already, and still in the outbox; by the second look it may wait.
  private func isOver(_ id: MessageID) throws(Failure) -> Bool {
    for place in [OutboxPlace.outbox, .deferred] where try dispatcher.outbox.isPresent(id, at: place) { return false }
    return true
  }

  /// How many wait that a flush would try, counted up to `limit`.
  package func waitingCount(limit: Int, dueOrNot isAll: Bool) throws(Failure) -> Int {
    try isAll ? listing.messages(at: .deferred, limit: limit).count : schedule.due(at: dispatcher.clock.now(), limit: limit).count
  }

  /// Marks a message as due now, whatever it waits for.
  package func scheduleNow(_ id: MessageID) throws(Failure) -> DueMark { try schedule.scheduleNow(id, at: dispatcher.clock.now()) }

  /// Requeues the one message that a mark tells of. Never waits for another process: what has it in hand goes on with it.
  package func resume(_ mark: DueMark) -> [Failure] {
    var notes: [Failure] = []
    do throws(Failure) {
      if case .notNow(let why) = try resume(mark.id, mark, notes: &notes) { notes.append(why) }
    } catch { notes.append(error) }
    return notes
  }

  private func resume(
    _ id: MessageID, _ mark: DueMark?, passingOver poor: [CreditLine] = [], waits: Bool = true, notes: inout [Failure]
  ) throws(Failure) -> Resumption {
    switch try dispatcher.entry(id, at: .deferred, wait: false) {
    case .busy: return .settled
    case .absent:
      guard try isOver(id) else { return .settled }
    case .damaged: try dispatcher.setAsideDamaged(id, at: .deferred, notes: &notes)
    case .locked(let entry):
      let envelope = entry.envelope
      if let time = envelope.notBefore, time > dispatcher.clock.now() { return .settled }
      if poor.contains(envelope.creditLine) { return .settled }
      if !dispatcher.hasExpired(envelope), let obstacle = try planning.preflight(envelope) {
        switch obstacle {
        case .credit: return .noCredit(envelope.creditLine)
        case .limit: return envelope.recipients.count == 1 ? .noCredit(envelope.creditLine) : .settled
        // Its charge says so, and the message is given up.
        case .final: break
        }
      }
      // One that was asked for already may have its answer by now, whatever the gateway is like.
      if envelope.price > .zero, !dispatcher.hasExpired(envelope), try dispatcher.payments.state(of: id) == .unpaid,
        let why = try obstacle(waits: waits)
      {
        return .notNow(why)
      }
      defer { planning.release() }
      // Another process sends under the same key just now; a later command continues.
      let marks = try schedule.marks(of: envelope.id, at: dispatcher.markTimes(envelope), for: nil)
      guard try entry.requeue() else { return .settled }
      let ending = try dispatcher.carry(entry, by: .recovery, notes: &notes)
      for mark in marks { try schedule.remove(mark) }
      if let mark { try schedule.remove(mark) }
      switch ending {
      case .waitingForCredit: return .noCredit(envelope.creditLine)
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
    if let mark { try schedule.remove(mark) }
    return .settled
  }

  /// Why nothing can be charged now; nil where a charge is set aside.
  private func obstacle(waits: Bool) throws(Failure) -> Failure? {
    if let why = try planning.availability().outage { return why }
    do throws(Failure) { try planning.reserve(waits: waits) } catch {
      guard error.kind == .temporary || error.kind == .unavailable else { throw error }
      return error
    }
    return nil
  }
}
