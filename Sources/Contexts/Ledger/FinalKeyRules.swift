// What this book answers as the bank behind another spool's `gateway = exec msg-pay --spool BANK gateway`. There a key is
// final: what was once answered under it is answered ever after, because a call that was delayed on its way must not do what
// its caller has given up meanwhile.
//
// - a declined key stays declined, also when there is credit by now;
// - a voided key is never charged again;
// - a key is of one charge: one of another amount or account is a conflict, whatever is asked about it;
// - the void of an unknown key is recorded, so that the charge which it overtook finds it and is declined; so is one by hand, and
//   no charge at all is made under it.

package import SharedKernel

extension GeneralLedger {
  /// Charges an account under a key that is final.
  package func chargeFinally(_ request: LedgerRequest) throws(Failure) -> ChargeAnswer {
    let limits = try policy.limits()
    return try record { view throws(Failure) in
      if let known = try view.payment(request.id), known.state == .voided || known.state == .declined {
        return Decision(known.isOf(request) ? .spent(known) : .conflict(known))
      }
      let decision = try decideCharge(request, limits, view)
      let balance: Balance
      switch decision.answer {
      case .declined(let found): balance = found
      // Of an account that does not pay now; one that was never opened has no record that a refusal could stand in.
      case .refused, .limited:
        if let opened = decision.postings.last(where: { $0.owner == request.account }) {
          balance = opened.balance
        } else if let known = try view.balance(of: .prepaid(request.account)) {
          balance = known
        } else {
          return decision
        }
      default: return decision
      }
      let refusal = Posting(
        .declined, id: request.id, debit: .prepaid(request.account), credit: .income, amount: .zero, balance: balance,
        fingerprint: request.fingerprint, reference: request.reference)
      return Decision(decision.answer, recording: decision.postings + [refusal])
    }
  }

  /// Takes the charge under a final key back, also before it is made.
  package func voidFinally(_ request: LedgerRequest) throws(Failure) -> FinalVoidAnswer {
    try record { view throws(Failure) in
      if let known = try view.payment(request.id) {
        guard known.isOf(request) else { return Decision(.conflict(known)) }
        let decision = try decidePlainVoid(request.id, view)
        return Decision(.over(decision.answer), recording: decision.postings)
      }
      let tombstone = try tombstone(request.id, request.account, request.fingerprint, request.reference, view)
      return Decision(.over(.unknown), recording: tombstone)
    }
  }

  /// The same by hand, where it is not said what the charge is of. Not that of a message: whether it is delivered is for sending to know.
  package func voidFinally(_ id: MessageID, account: Name, reference: String) throws(Failure) -> ReversalAnswer {
    try record { view throws(Failure) in
      if try view.lastEntry(of: id) != nil { return try decidePlainVoid(id, view) }
      return Decision(.unknown, recording: try tombstone(id, account, nil, reference, view))
    }
  }

  /// The record of a void that came first.
  private func tombstone(
    _ id: MessageID, _ account: Name, _ fingerprint: Fingerprint?, _ reference: String, _ view: any BookView
  ) throws(Failure) -> [Posting] {
    // Where accounts are given, this gives none: it stands in one that is closed.
    let isNew = try view.state(of: account) == nil
    let isClosed = isNew && !policy.opensAccounts
    let (balance, opening) =
      isClosed
      ? (0, [Posting(.opening, id: nil, debit: .opening, credit: .prepaid(account), amount: .zero, balance: 0)]) : try opened(account, view)
    let void = Posting(
      .void, id: id, debit: .income, credit: .prepaid(account), amount: .zero, balance: balance, fingerprint: fingerprint,
      reference: reference, memo: Payment.tombstoneMemo)
    return opening + [void] + (isClosed ? [.closing(account, Closing(), balance: 0)] : [])
  }
}

/// The answer to the void of a final key.
package enum FinalVoidAnswer: Hashable, Sendable {
  /// The key is never charged again.
  case over(ReversalAnswer)
  /// The key is of another charge; nothing was given back.
  case conflict(Payment)
}

extension Payment {
  /// Whether it is what the request asks for. A void that came first does not always say what it was of: by hand it is not said.
  package func isOf(_ request: LedgerRequest) -> Bool {
    if isTombstone, fingerprint == nil { return true }
    guard isOfCharge, account == request.account else { return false }
    return fingerprint == nil ? state == .voided : fingerprint == request.fingerprint
  }
}
