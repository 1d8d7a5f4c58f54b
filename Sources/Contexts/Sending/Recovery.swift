package import SharedKernel

extension Dispatcher {
  /// Goes on with what killed or failed senders left, at most `limit` messages of each place, as long as `mayGoOn`. Messages somebody
  /// is at work on are passed over. What cannot be finished now is returned as notes and stays for the next time.
  package func recover(limit: Int, while mayGoOn: () -> Bool = { true }) -> [Failure] {
    recover(limit: limit, by: .recovery, while: mayGoOn)
  }

  /// The same for a command that has a message of its own to send, and then a few of the due messages. While payments are unavailable or
  /// slow, only messages that need none are processed, so that the command's own message is not delayed.
  package func recoverOpportunistically(leftovers: Int, due: Int, while mayGoOn: () -> Bool) -> [Failure] {
    let isUsable: Bool
    do throws(Failure) { isUsable = try payments.availability() == .usable } catch { return [error] }
    if !isUsable { return recover(limit: leftovers, by: .opportunistic, while: mayGoOn) }
    return recover(limit: leftovers, by: .recovery, while: mayGoOn) + resumeDue(limit: due, waits: false, while: mayGoOn)
  }

  private func recover(limit: Int, by initiator: Initiator, while mayGoOn: () -> Bool) -> [Failure] {
    var notes: [Failure] = []
    for place in initiator == .opportunistic ? [OutboxPlace.outbox] : [.outbox, .voiding] {
      do throws(Failure) {
        for id in try outbox.messages(at: place, limit: limit) {
          guard mayGoOn() else { return notes }
          do throws(Failure) { try recover(id, at: place, by: initiator, notes: &notes) } catch { notes.append(error) }
        }
      } catch {
        notes.append(error)
      }
    }
    return initiator == .opportunistic ? notes : notes + payments.recover(limit: limit, while: mayGoOn)
  }

  private func recover(_ id: MessageID, at place: OutboxPlace, by initiator: Initiator, notes: inout [Failure]) throws(Failure) {
    switch try entry(id, at: place, wait: false) {
    case .absent, .busy: return
    case .damaged:
      try setAsideDamaged(id, at: place, notes: &notes)
    case .locked(let entry) where place == .voiding: try finishVoiding(entry)
    case .locked(let entry):
      switch try carry(entry, by: initiator, notes: &notes) {
      case .declined(let why): notes.append(Failure(.nothing, why.message, remedy: why.remedy))
      case .waiting(let why?), .paidAndWaiting(let why): notes.append(why)
      case .delivered, .withdrawn, .waiting(nil), .waitingForCredit: break
      }
    }
  }

  /// Whether a payment of that id was asked for and it is not known what came of it, or it is still to be given back.
  package func hasOpenPayment(_ id: MessageID) throws(Failure) -> Bool {
    if case .pending = try payments.state(of: id) { true } else { false }
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
