package import SharedKernel

/// The answer to a charge.
package enum ChargeAnswer: Hashable, Sendable {
  /// Charged now; the balance after it.
  case charged(balance: Balance)
  /// The same request was charged before; its state now is `charged` or `refunded`, or, of an external payment whose outcome
  /// is open, `pending` or `reversing`.
  case already(Payment)
  /// Another request has the id; nothing was charged.
  case conflict(Payment)
  /// No credit; nothing was charged. The balance that was too small.
  case declined(balance: Balance)
  /// The account does not pay; nothing was charged.
  case refused(AccountRefusal)
  /// It is more than a limit allows now; nothing was charged.
  case limited(ReachedLimit)
  /// The key was voided before anything was charged under it, or was declined or voided and keys are final for the caller; nothing was
  /// charged.
  case spent(Payment)
}

extension GeneralLedger {
  func decideCharge(_ request: LedgerRequest, _ limits: Limits, _ view: any BookView) throws(Failure) -> Decision<ChargeAnswer> {
    let earlier = try view.payment(request.id)
    if let earlier, earlier.isTombstone { return Decision(.spent(earlier)) }
    if let known = earlier, known.state != .voided, known.state != .declined {
      let isSame = known.isOfCharge && known.fingerprint == request.fingerprint
      return Decision(isSame ? .already(known) : .conflict(known))
    }
    var (balance, opening): (Balance, [Posting])
    switch try usable(request.account, mayOpen: policy.opensAccounts, view) {
    case .refused(let why): return Decision(.refused(why))
    case .open(let found, let posting): (balance, opening) = (found, posting)
    }
    let allowance = try allowance(request.account, balance, limits, view)
    (balance, opening) = (allowance.balance, opening + allowance.postings)
    // The account stays open when it cannot pay: its owner is told a balance and will look for it.
    guard let rest = balance.paying(request.amount) else { return Decision(.declined(balance: balance), recording: opening) }
    let usage: [Posting]
    switch try metering(request, limits, view) {
    case .reached(let limit, let counted): return Decision(.limited(limit), recording: opening + counted)
    case .free(let postings): usage = postings
    }
    let charge = Posting(
      .charge, id: request.id, debit: .prepaid(request.account), credit: .income, amount: request.amount, balance: rest,
      fingerprint: request.fingerprint, reference: request.reference, memo: request.memo)
    return Decision(.charged(balance: rest), recording: opening + [charge] + usage)
  }
}
