internal import MessageFormat
package import SharedKernel

extension MessageSender {
  /// `accepted` is when the message was; nil where that is not known any more.
  func receipt(
    _ request: SendRequest, _ ending: Dispatcher.Ending, notes: [Failure], isRepeat: Bool, accepted: Timestamp?
  ) throws(Failure) -> Receipt {
    let at = accepted.map(request.deliveryTime)
    func answer(_ state: Receipt.State, balance: Balance? = nil, waitsFor reason: Failure? = nil, isPaid: Bool = false) -> Receipt {
      Receipt(
        id: request.id, recipients: request.draft.recipients, state: state, price: request.price, balance: balance, isPaid: isPaid,
        isRepeat: isRepeat, at: at, accepted: accepted, reason: reason.map(request.named), notes: notes.map(request.named))
    }
    switch ending {
    case .delivered(let balance): return answer(.delivered, balance: balance, isPaid: true)
    case .waiting(nil): return answer(at.map { $0 > dispatcher.clock.now() } == true ? .scheduled : .queued)
    case .waiting(let why): return answer(.queued, waitsFor: why)
    case .waitingForCredit(let why): return answer(.queued, waitsFor: why)
    case .paidAndWaiting(let why): return answer(.queued, waitsFor: why, isPaid: true)
    case .declined(let why): throw why
    case .withdrawn: throw Failure(.temporary, "message \(request.id): interrupted before it was charged", remedy: "nothing was sent")
    }
  }

  func receipt(_ request: SendRequest, _ ending: Dispatcher.Ending, notes: [Failure]) throws(Failure) -> Receipt {
    try receipt(request, ending, notes: notes, isRepeat: false, accepted: request.date)
  }

  /// Whether a payment of that id was asked for and it is not known what came of it, or it is still to be given back.
  package func hasOpenPayment(_ id: MessageID) throws(Failure) -> Bool {
    if case .pending = try dispatcher.payments.state(of: id) { true } else { false }
  }
}
