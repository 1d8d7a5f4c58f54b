package import SharedKernel

/// Goes on with what other commands left unfinished.
package struct Recovery {
  let dispatcher: Dispatcher
  /// What is due in it follows the leftovers of an ordinary send.
  let queue: DeferredQueue
  let payments: any PaymentRecovery

  package init(_ dispatcher: Dispatcher, queue: DeferredQueue, payments: any PaymentRecovery) {
    (self.dispatcher, self.queue, self.payments) = (dispatcher, queue, payments)
  }

  /// Goes on with what killed or failed senders left, at most `limit` messages of each place, as long as `mayGoOn`. Messages somebody
  /// is at work on are passed over. What cannot be finished now is returned as notes and stays for the next time.
  package func recover(limit: Int, while mayGoOn: () -> Bool = { true }) -> [Failure] {
    recover(limit: limit, by: .recovery, while: mayGoOn)
  }

  /// The same for a command that has a message of its own to send, and then a few of the due messages. While payments are unavailable or
  /// slow, only messages that need none are processed, so that the command's own message is not delayed.
  package func recoverOpportunistically(leftovers: Int, due: Int, while mayGoOn: () -> Bool) -> [Failure] {
    let isUsable: Bool
    do throws(Failure) { isUsable = try queue.planning.availability() == .usable } catch { return [error] }
    if !isUsable { return recover(limit: leftovers, by: .opportunistic, while: mayGoOn) }
    return recover(limit: leftovers, by: .recovery, while: mayGoOn) + queue.resumeDue(limit: due, waits: false, while: mayGoOn)
  }

  private func recover(limit: Int, by initiator: Dispatcher.Initiator, while mayGoOn: () -> Bool) -> [Failure] {
    var notes: [Failure] = []
    for place in initiator == .opportunistic ? [OutboxPlace.outbox] : [.outbox, .voiding] {
      do throws(Failure) {
        for id in try queue.listing.messages(at: place, limit: limit) {
          guard mayGoOn() else { return notes }
          do throws(Failure) { try recover(id, at: place, by: initiator, notes: &notes) } catch { notes.append(error) }
        }
      } catch {
        notes.append(error)
      }
    }
    return initiator == .opportunistic ? notes : notes + payments.recover(limit: limit, while: mayGoOn)
  }

  private func recover(_ id: MessageID, at place: OutboxPlace, by initiator: Dispatcher.Initiator, notes: inout [Failure]) throws(Failure) {
    switch try dispatcher.entry(id, at: place, wait: false) {
    case .absent, .busy: return
    case .damaged:
      try dispatcher.setAsideDamaged(id, at: place, notes: &notes)
    case .locked(let entry) where place == .voiding: try dispatcher.finishVoiding(entry)
    case .locked(let entry):
      switch try dispatcher.carry(entry, by: initiator, notes: &notes) {
      case .declined(let why): notes.append(Failure(.nothing, why.message, remedy: why.remedy))
      case .waiting(let why?), .paidAndWaiting(let why): notes.append(why)
      case .delivered, .withdrawn, .waiting(nil), .waitingForCredit: break
      }
    }
  }
}
