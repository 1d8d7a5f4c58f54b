// What this book answers as the bank behind somebody else's `gateway = exec msg-pay --spool BANK gateway`. There a key is
// final: what was once answered under it is answered ever after, because a call that was delayed on its way must not do what
// its caller has given up meanwhile.
//
// - a declined key stays declined, also when there is credit by now;
// - a voided key is never charged again;
// - the void of a key that nobody knows is recorded, so that the charge which it overtook finds it and is declined; so is one by hand, and
//   no charge at all is made under it.

package import SharedKernel

extension Ledger {
  /// Charges an account under a key that is final.
  package func chargeFinally(_ request: ChargeRequest) throws(Failure) -> ChargeAnswer {
    try book.transaction { view throws(Failure) in
      if let known = try view.lastEntry(of: request.id).flatMap({ Payment($0) }), known.state == .voided || known.state == .declined {
        return Decision(.spent(known))
      }
      let decision = try decide(request, view)
      guard case .declined(let balance) = decision.answer else { return decision }
      let refusal = Posting(
        .declined, id: request.id, debit: .prepaid(request.account), credit: .income, amount: .zero, balance: balance,
        fingerprint: request.fingerprint, reference: request.reference)
      return Decision(decision.answer, recording: decision.postings + [refusal])
    }
  }

  /// Takes the charge under a final key back, also before it is made. Not that of a message: whether it is delivered is for sending to know.
  package func voidFinally(_ id: MessageID, account: Name, reference: String) throws(Failure) -> ReversalAnswer {
    try book.transaction { view throws(Failure) in
      if try view.lastEntry(of: id) != nil { return try decidePlainVoid(id, view) }
      let (balance, opening) = try opened(account, view)
      let tombstone = Posting(
        .void, id: id, debit: .income, credit: .prepaid(account), amount: .zero, balance: balance, reference: reference)
      return Decision(.unknown, recording: opening + [tombstone])
    }
  }
}
