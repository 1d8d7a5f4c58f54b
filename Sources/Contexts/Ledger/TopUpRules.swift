internal import SharedKernel

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
  func decideTopUp(_ request: LedgerRequest, _ view: any BookView) throws(Failure) -> Decision<TopUpAnswer> {
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
