package import MessageFormat
package import Payments
package import Sending
package import SharedKernel

/// The embedded prepaid ledger in the role of sending's payment gateway.
package struct PrepaidGateway: PaymentGateway {
  private let ledger: Ledger
  private let currency: String

  package init(ledger: Ledger, currency: String) { (self.ledger, self.currency) = (ledger, currency) }

  package func state(of id: MessageID) throws(Failure) -> PaymentState {
    guard let payment = try ledger.payment(of: id) else { return .unpaid }
    return switch payment.state {
    case .charged: .paid(fingerprint: payment.fingerprint, balance: payment.balance)
    case .refunded: .refunded(fingerprint: payment.fingerprint)
    case .voided, .toppedUp: .unpaid
    }
  }

  package func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome {
    guard let price = Amount(units: envelope.price) else {
      throw Failure(.internalError, "message \(envelope.id): the price \(envelope.price) is no amount")
    }
    let request = ChargeRequest(id: envelope.id, account: envelope.sender, amount: price, fingerprint: envelope.fingerprint)
    switch try ledger.charge(request) {
    case .charged(let balance): return .paid(balance: balance)
    case .already(let payment): return .paid(balance: payment.balance)
    case .conflict(let payment):
      throw Failure(
        .badData, "message \(envelope.id): the ledger has the id for another payment of \(payment.account)", remedy: "take a new key")
    case .declined(let balance):
      return .declined(.noCredit(account: envelope.sender, balance: balance, price: price, currency: currency), isFinal: false)
    }
  }

  package func reverse(_ id: MessageID) throws(Failure) { _ = try ledger.void(id) }
}
