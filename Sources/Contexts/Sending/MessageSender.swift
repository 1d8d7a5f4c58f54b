internal import MessageFormat
package import SharedKernel

/// Sends messages and answers for them.
package struct MessageSender {
  let dispatcher: Dispatcher
  let outbox: any OutboxAcceptance
  let marks: any MarkRemoval
  let planning: any ChargePlanning

  package init(
    _ dispatcher: Dispatcher, outbox: any OutboxAcceptance, marks: any MarkRemoval, planning: any ChargePlanning
  ) {
    (self.dispatcher, self.outbox, self.marks, self.planning) = (dispatcher, outbox, marks, planning)
  }

  /// Sends: returns when it is delivered and paid or, where it may wait, durably accepted; or throws and nothing was sent and nothing
  /// stays charged. `mayCharge` is asked right before the charge, the last moment at which the sender can still step back (75).
  package func send(_ request: SendRequest, mayCharge: () -> Bool = { true }) throws(Failure) -> Receipt {
    do throws(Failure) { return try sendInRounds(request, mayCharge) } catch { throw request.named(error) }
  }

  private func sendInRounds(_ request: SendRequest, _ mayCharge: () -> Bool) throws(Failure) -> Receipt {
    for recipient in request.draft.recipients { try dispatcher.mailboxes.check(recipient) }
    defer { planning.release() }
    var notes: [Failure] = []
    // The place in the outbox may be taken by an earlier send of the same key, at work or left behind. Each round
    // ends one of them; more rounds than this would mean that something keeps making new ones.
    for _ in 0..<64 {
      if let receipt = try answerAtOnce(request, notes: &notes) { return receipt }
      if let answer = dispatch([request], notes: &notes, mayCharge: mayCharge)[0] { return try answer.get() }
    }
    throw Failure(.temporary, "message \(request.id): others keep sending under the same key", remedy: "try again")
  }

  /// Sends several, each for itself but with their syncs in common. Answers in their order.
  package func send(_ requests: [SendRequest], mayCharge: () -> Bool = { true }) -> [Result<Receipt, Failure>] {
    defer { planning.release() }
    var answers = [Result<Receipt, Failure>?](repeating: nil, count: requests.count)
    var group: [Int] = []
    func sendGroup() {
      var notes: [Failure] = []
      for (index, answer) in zip(group, dispatch(group.map { requests[$0] }, notes: &notes, mayCharge: mayCharge)) {
        // One whose place is taken goes through the rounds that this takes.
        answers[index] = answer ?? Result { () throws(Failure) in try send(requests[index], mayCharge: mayCharge) }
      }
      group = []
    }
    for (index, request) in requests.enumerated() {
      // The second of the same id is the first one's repeat.
      if group.contains(where: { requests[$0].id == request.id }) { sendGroup() }
      do throws(Failure) {
        for recipient in request.draft.recipients { try dispatcher.mailboxes.check(recipient) }
        var notes: [Failure] = []
        if let receipt = try answerAtOnce(request, notes: &notes) {
          answers[index] = .success(receipt)
        } else {
          group.append(index)
        }
      } catch { answers[index] = .failure(error) }
    }
    sendGroup()
    return zip(requests, answers).map { request, answer in
      (answer ?? .failure(Failure(.internalError, "a send was not answered"))).mapError(request.named)
    }
  }

  /// The answer to what needs no message of its own: the repeat of an earlier send, and one that could neither be paid for now nor wait,
  /// which is told so before anything is written. Any other has what its charge needs then, and keeps it while it is written.
  private func answerAtOnce(_ request: SendRequest, notes: inout [Failure]) throws(Failure) -> Receipt? {
    if request.isRepeatable, let receipt = try earlierSend(request, notes: &notes) { return receipt }
    if let why = request.refusal { throw why }
    try checkRoom(request)
    if !request.mayWait, request.price > .zero {
      if let why = try planning.availability().outage { throw why }
      try planning.reserve(waits: true)
    }
    return nil
  }
}
