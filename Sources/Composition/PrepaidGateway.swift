internal import Payments
internal import Sending
internal import SharedKernel

/// The embedded prepaid ledger as a place to pay at.
struct PrepaidGateway {
  let ledger: Ledger
  private let currency: String

  init(ledger: Ledger, currency: String) { (self.ledger, self.currency) = (ledger, currency) }

  /// What the ledger says of a send, wherever it is paid.
  func state(of id: MessageID) throws(Failure) -> PaymentState {
    guard let payment = try ledger.payment(of: id) else { return .unpaid }
    return switch payment.state {
    case .charged:
      .paid(
        fingerprint: payment.fingerprint, balance: payment.external == nil ? payment.balance : nil,
        accepted: AcceptanceMemo.time(payment.memo))
    case .pending: .pending(fingerprint: payment.fingerprint, accepted: AcceptanceMemo.time(payment.memo))
    // A refund under way is of a message that was delivered; anything else is still to be called off.
    case .reversing:
      payment.external?.reversal == .refund
        ? .refunded(fingerprint: payment.fingerprint)
        : .pending(fingerprint: payment.fingerprint, accepted: AcceptanceMemo.time(payment.memo))
    case .refunded: .refunded(fingerprint: payment.fingerprint)
    case .voided, .declined, .toppedUp: .unpaid
    }
  }

  func charge(_ request: ChargeRequest) throws(Failure) -> ChargeStep { try step(request, try ledger.charge(request)) }

  /// Several at once, each for itself.
  func charge(_ requests: [ChargeRequest]) throws(Failure) -> [Result<ChargeStep, Failure>] {
    zip(requests, try ledger.charge(requests)).map { request, answer in Result { () throws(Failure) in try step(request, answer) } }
  }

  private func step(_ request: ChargeRequest, _ answer: ChargeAnswer) throws(Failure) -> ChargeStep {
    switch answer {
    case .charged(let balance): return .outcome(.paid(balance: balance))
    case .already(let payment): return payment.isOpen ? .open(payment) : .outcome(.paid(balance: payment.balance))
    case .conflict(let payment): throw .idTaken(request.id, by: payment)
    case .spent(let payment): throw Failure(.internalError, "payment \(payment.shownKey) is \(payment.state.rawValue)")
    case .declined(let balance):
      let why = Failure.noCredit(account: request.account, balance: balance, price: request.amount, currency: currency)
      return .outcome(.declined(why, isFinal: false))
    }
  }
}
