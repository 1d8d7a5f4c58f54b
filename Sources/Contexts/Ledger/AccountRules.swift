// How an account comes and goes.
//
//   found        open                          close      rename to NEW, which must have no account
//   nothing      OPEN with opening credit      refused    refused
//   open         nothing to do, or REOPN       CLOSE      OPEN NEW with nothing, MOVE the balance, CLOSE
//   closed       REOPN, without new credit     CLOSE      refused
//
// Where there is nothing to do the record is made for a key that was given: it must do nothing later either.
//
// The history of a closed account stays. A name gets the opening credit once: an account that was opened is known for ever.

package import SharedKernel

extension GeneralLedger {
  /// Opens an account, or one that was closed again.
  package func open(_ request: LedgerRequest) throws(Failure) -> MovementAnswer {
    try record { view throws(Failure) in
      if let known = try known(request, [.opened], view) { return Decision(known) }
      guard let state = try view.state(of: request.account) else {
        let (balance, opening) = opening(request.account, of: request)
        return Decision(.recorded(balance: balance), recording: [opening])
      }
      if state.closing == nil, request.reference.isEmpty { return Decision(.recorded(balance: state.balance)) }
      let posting = Posting(
        .reopening, id: request.id, debit: .cash, credit: .prepaid(request.account), amount: .zero, balance: state.balance,
        fingerprint: request.fingerprint, reference: request.reference)
      return Decision(.recorded(balance: state.balance), recording: [posting])
    }
  }

  /// Closes an account; what it has stays in it.
  package func close(_ request: LedgerRequest) throws(Failure) -> MovementAnswer {
    try record { view throws(Failure) in
      if let known = try known(request, [.closed], view) { return Decision(known) }
      guard let state = try view.state(of: request.account) else { return Decision(.refused(.missing)) }
      if state.closing != nil, request.reference.isEmpty { return Decision(.recorded(balance: state.balance)) }
      let posting = Posting.closing(request.account, state.closing ?? Closing(), balance: state.balance, of: request)
      return Decision(.recorded(balance: state.balance), recording: [posting])
    }
  }

  /// Moves what an account has to a new one and closes it. The answer's balance is that of the new one.
  package func rename(_ request: LedgerRequest, to name: Name) throws(Failure) -> MovementAnswer {
    try record { view throws(Failure) in
      if let known = try known(request, [.renamed], view) { return Decision(known) }
      guard let state = try view.state(of: request.account) else { return Decision(.refused(.missing)) }
      if let closing = state.closing {
        guard closing.successor == name else { return Decision(.refused(.closed(closing))) }
        return Decision(.recorded(balance: try view.state(of: name)?.balance ?? 0))
      }
      guard try view.state(of: name) == nil else { return Decision(.refused(.nameTaken(name))) }
      guard let amount = Amount(units: state.balance.units) else {
        throw Failure(.internalError, "\(request.account) has \(state.balance)", remedy: "run 'msg-pay verify'")
      }
      let (old, new) = (Account.prepaid(request.account), Account.prepaid(name))
      return Decision(
        .recorded(balance: state.balance),
        recording: [
          Posting(.opening, id: nil, debit: .opening, credit: new, amount: .zero, balance: 0),
          Posting(.transfer, id: nil, debit: old, credit: .transfer, amount: amount, balance: 0, memo: "to \(name)"),
          Posting(
            .transfer, id: nil, debit: .transfer, credit: new, amount: amount, balance: state.balance,
            memo: "renamed from \(request.account)"),
          .closing(request.account, Closing(successor: name), balance: 0, of: request),
        ])
    }
  }
}
