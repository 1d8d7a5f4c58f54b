// Cancelling and refunding. A message that waits is cancelled, and its charge is given back. A delivered message stays delivered, and only
// its charge is given back. The lock of the message decides which of the two applies.

internal import MessageFormat
package import SharedKernel

/// Why a cancelled message is not delivered, as it is kept: it tells that from a message that was given up.
package enum CancelReason {
  private static let start = "cancelled by "

  static func of(_ sender: Name) -> String { "\(start)\(sender)" }

  package static func isOne(_ reason: String) -> Bool { reason.hasPrefix(start) }
}

/// Takes messages and charges back.
package struct Cancellation {
  let dispatcher: Dispatcher
  let marks: any MarkRemoval

  package init(_ dispatcher: Dispatcher, marks: any MarkRemoval) { (self.dispatcher, self.marks) = (dispatcher, marks) }

  /// Takes an accepted message of `sender` back that is not delivered yet, paid or not; `word` is what the sender calls it. 66 when there
  /// is none, 77 when it is another's, 75 when it is too late.
  package func cancel(_ id: MessageID, called word: String, for sender: Name) throws(Failure) {
    for place in [OutboxPlace.deferred, .outbox, .deferred] {
      guard case .locked(let entry) = try dispatcher.entry(id, at: place, wait: true) else { continue }
      guard entry.envelope.sender == sender else {
        throw Failure(.notPermitted, "message '\(word)' belongs to \(entry.envelope.sender)", remedy: "only its sender can cancel it")
      }
      // A message whose copies are all there was not delivered; one that waits elsewhere never was.
      if place == .outbox, case .paid = try dispatcher.payments.state(of: id), entry.remaining.count < entry.envelope.recipients.count {
        throw Failure(
          .temporary, "message '\(word)' is paid and delivered to some of its recipients",
          remedy: "it is too late to cancel it; 'msg-send --flush' delivers the rest")
      }
      let envelope = entry.envelope
      let found = place == .deferred ? try marks.marks(of: id, at: dispatcher.markTimes(envelope), for: envelope.creditLine) : []
      try dispatcher.void(entry, because: Failure(.nothing, CancelReason.of(sender)))
      // The message is cancelled whether these go or not. A mark that stays is removed by whatever looks at it when it is due.
      for mark in found { _ = try? marks.remove(mark) }
      return
    }
    throw Failure(.notFound, "message '\(word)' is not waiting", remedy: "'msg-send --list' shows the waiting messages")
  }

  /// Refuses (65) where a message of that id is not delivered: what is given back then would be given for a message that still is. One
  /// that another process has in hand is waited for; 75 where that takes too long.
  package func refuseUndelivered(_ id: MessageID) throws(Failure) {
    // In the order in which a message moves, and once more because it goes to and fro between the first two.
    for place in [OutboxPlace.deferred, .outbox, .deferred, .outbox, .voiding] {
      if case .absent = try dispatcher.entry(id, at: place, wait: true) { continue }
      if place == .voiding {
        throw Failure(.badData, "message \(id) is never delivered", remedy: "its charge is given back without that; see 'msg-pay doubt'")
      }
      var paid = ""
      if case .paid = try dispatcher.payments.state(of: id) { paid = "paid and " }
      throw Failure(
        .badData, "message \(id) is \(paid)not delivered yet",
        remedy: "'msg-send --cancel \(id)' takes it back with its money, 'msg-send --flush' delivers it; nothing was given back")
    }
  }
}
