package import MessageFormat
package import Payments
package import Sending
package import SharedKernel

/// The embedded prepaid ledger in the role of sending's payment gateway.
package struct PrepaidGateway: PaymentGateway {
  let ledger: Ledger
  private let currency: String

  package init(ledger: Ledger, currency: String) { (self.ledger, self.currency) = (ledger, currency) }

  package func state(of id: MessageID) throws(Failure) -> PaymentState {
    guard let payment = try ledger.payment(of: id) else { return .unpaid }
    return switch payment.state {
    case .charged:
      .paid(fingerprint: payment.fingerprint, balance: payment.balance, accepted: AcceptanceMemo.time(payment.memo))
    case .refunded: .refunded(fingerprint: payment.fingerprint)
    case .voided, .toppedUp: .unpaid
    }
  }

  package func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome {
    try outcome(of: envelope, try ledger.charge(request(envelope)))
  }

  package func charge(_ envelopes: [Envelope]) -> [Result<ChargeOutcome, Failure>] {
    do throws(Failure) {
      var requests: [ChargeRequest] = []
      for envelope in envelopes { requests.append(try request(envelope)) }
      let answers = try ledger.charge(requests)
      return zip(envelopes, answers).map { envelope, answer in Result { () throws(Failure) in try outcome(of: envelope, answer) } }
    } catch { return envelopes.map { _ in .failure(error) } }
  }

  private func request(_ envelope: Envelope) throws(Failure) -> ChargeRequest {
    guard let price = Amount(units: envelope.price) else {
      throw Failure(.internalError, "message \(envelope.id): the price \(envelope.price) is no amount")
    }
    return ChargeRequest(
      id: envelope.id, account: envelope.sender, amount: price, fingerprint: envelope.fingerprint, memo: AcceptanceMemo.text(envelope.date))
  }

  private func outcome(of envelope: Envelope, _ answer: ChargeAnswer) throws(Failure) -> ChargeOutcome {
    switch answer {
    case .charged(let balance): return .paid(balance: balance)
    case .already(let payment): return .paid(balance: payment.balance)
    case .conflict(let payment):
      throw Failure(
        .badData, "message \(envelope.id): the ledger has the id for another payment of \(payment.account)", remedy: "take a new key")
    case .declined(let balance):
      return .declined(
        .noCredit(account: envelope.sender, balance: balance, price: try request(envelope).amount, currency: currency), isFinal: false)
    }
  }

  package func reverse(_ id: MessageID) throws(Failure) { _ = try ledger.void(id) }
}
