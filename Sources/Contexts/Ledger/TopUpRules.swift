package import SharedKernel

/// A credit somebody asks for.
package struct TopUpRequest: Hashable, Sendable {
  package let id: MessageID
  package let account: Name
  package let amount: Amount
  package let fingerprint: Fingerprint
  /// The key as the caller gave it; empty where the id is the key.
  package let reference: String
  package let memo: String

  package init(id: MessageID, account: Name, amount: Amount, fingerprint: Fingerprint, reference: String = "", memo: String = "") {
    (self.id, self.account, self.amount) = (id, account, amount)
    (self.fingerprint, self.reference, self.memo) = (fingerprint, reference, memo)
  }
}

/// The answer to a top-up.
package enum TopUpAnswer: Hashable, Sendable {
  /// Credited now; the balance after it.
  case credited(balance: Int64)
  /// The same request was credited before.
  case already(Payment)
  /// Another request has the id; nothing was credited.
  case conflict(Payment)
}

extension GeneralLedger {
  func decide(_ request: TopUpRequest, _ view: any BookView) throws(Failure) -> Decision<TopUpAnswer> {
    if let known = try view.lastEntry(of: request.id).flatMap({ Payment($0) }) {
      let isSame = known.state == .toppedUp && known.fingerprint == request.fingerprint
      return Decision(isSame ? .already(known) : .conflict(known))
    }
    let (balance, opening) = try opened(request.account, view)
    let sum = try balance.increased(by: request.amount, of: "\(request.account)")
    let credit = Posting(
      .topUp, id: request.id, debit: .cash, credit: .prepaid(request.account), amount: request.amount, balance: sum,
      fingerprint: request.fingerprint, reference: request.reference, memo: request.memo)
    return Decision(.credited(balance: sum), recording: opening + [credit])
  }
}
