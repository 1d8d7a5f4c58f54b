package import SharedKernel

extension Failure {
  /// 77: nothing is charged under a key that was voided, whether anything had been charged under it or not.
  package static func spent(_ payment: Payment) -> Failure {
    let moment = payment.isTombstone ? " before anything was charged under it" : ": a voided key is never charged again"
    return Failure(.notPermitted, "\(payment.shownKey) was voided\(moment)", remedy: "nothing was charged; use another key")
  }

  /// 77: an account cannot pay. Names who, what is there, what it costs, and what helps.
  package static func noCredit(account: Name, balance: Balance, price: Amount, currency: Currency) -> Failure {
    let missing = max(1, Balance(price).subtracting(balance) ?? Balance(units: .max))
    return Failure(
      .notPermitted,
      "no credit: \(account) has \(currency.text(balance)) \(currency.name) and this costs \(currency.text(price)); nothing was charged",
      remedy: "top it up with 'msg-pay topup \(account) \(currency.text(missing))' or more")
  }
}
