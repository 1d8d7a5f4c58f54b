internal import MessageFormat
package import SharedKernel

extension MessageSender {
  /// Throws what a send would be answered now if it would not be made. It changes nothing, and makes no call to a gateway; so it promises
  /// nothing of the answer of a gateway.
  package func check(_ request: SendRequest) throws(Failure) {
    do throws(Failure) { try checkAnswer(to: request) } catch { throw request.named(error) }
  }

  private func checkAnswer(to request: SendRequest) throws(Failure) {
    for recipient in request.draft.recipients { try dispatcher.mailboxes.check(recipient) }
    if request.isRepeatable, try isSentAlready(request) { return }
    if let why = request.refusal { throw why }
    try checkRoom(request)
    if request.mayWait { return }
    if let why = try planning.availability().outage { throw why }
    if let why = try planning.preflight(copies(of: request)[0].envelope) { throw why.failure }
  }

  /// Refuses a message for a mailbox that is full, before anything is written; one that would wait, too.
  func checkRoom(_ request: SendRequest) throws(Failure) {
    guard dispatcher.mailboxes.areLimited else { return }
    for copy in copies(of: request) {
      let size = copy.content.count
      if let why = try dispatcher.mailboxes.refusal(for: copy.envelope.recipient, size: size, now: dispatcher.clock.now()) { throw why }
    }
  }

  /// Whether the same send was made before; 65 where its key was used for another.
  private func isSentAlready(_ request: SendRequest) throws(Failure) -> Bool {
    let own = request.draft.fingerprint
    if case .locked(let entry) = try dispatcher.outbox.entry(request.id, at: .deferred, wait: false), !entry.isWithdrawn {
      if entry.envelope.fingerprint != own { throw otherContent(request) }
      return true
    }
    switch try dispatcher.payments.state(of: request.id) {
    case .paid(let known, _, _), .refunded(let known):
      if known != own { throw otherContent(request) }
      return true
    case .pending(let known, _):
      if let known, known != own { throw otherContent(request) }
      return true
    case .unpaid: return false
    }
  }
}
