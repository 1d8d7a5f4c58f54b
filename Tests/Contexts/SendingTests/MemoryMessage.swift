import MessageFormat
import Sending
import SharedKernel

/// A message of a `MemorySpool`.
final class MemoryMessage: OutboxEntry {
  let envelope: Envelope
  private(set) var isWithdrawn = false
  private let copies: [OutboxCopy]
  private var taken: Set<String> = []
  private unowned let spool: MemorySpool

  init(_ copies: [OutgoingCopy], in spool: MemorySpool) {
    envelope = copies[0].envelope
    self.copies = copies.reversed().map { copy in
      OutboxCopy(name: "\(copy.envelope.id).\(copy.envelope.copy)", recipient: copy.envelope.recipient, size: copy.content.count)
    }
    self.spool = spool
  }

  var remaining: [OutboxCopy] { copies.filter { !taken.contains($0.name) } }

  /// A copy goes to its mailbox, and with the last one the message.
  func take(_ name: String) {
    taken.insert(name)
    if name == copies.last?.name { spool.move(self, to: nil) }
  }

  func putBack(_ name: String) {
    taken.remove(name)
    spool.move(self, to: .outbox)
  }

  func withdraw() throws(Failure) {
    try spool.call("withdraw") {
      isWithdrawn = true
      spool.move(self, to: nil)
    }
  }

  func deferMessage(_ deferral: Deferral) throws(Failure) {
    try spool.call("deferMessage") {
      switch deferral {
      case .time(let time): spool.mark(envelope.id, at: time)
      case .credit(let line, let since, let until):
        spool.mark(envelope.id, at: until)
        spool.markForCredit(envelope.id, in: line, since: since)
      }
      spool.move(self, to: .deferred)
    }
  }

  func requeue() throws(Failure) -> Bool {
    try spool.call("requeue") {
      if spool.messages[.outbox]?[envelope.id] != nil { return false }
      spool.move(self, to: .outbox)
      return true
    }
  }

  func moveToVoiding(reason: String) throws(Failure) {
    try spool.call("moveToVoiding") {
      isWithdrawn = true
      spool.move(self, to: .voiding)
    }
  }

  func fileAsFailed() throws(Failure) { try spool.call("fileAsFailed") { spool.move(self, to: nil) } }
}
