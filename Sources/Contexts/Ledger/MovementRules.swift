// What a person does to an account: credits, corrections, payouts. Each has a key, under which it is done once.

package import SharedKernel

/// The answer to what changes an account and is no charge.
package enum MovementAnswer: Hashable, Sendable {
  /// Done now, or nothing was left to do; the balance after it.
  case recorded(balance: Balance)
  /// The same request was done before.
  case already(Payment)
  /// Another request has the key.
  case conflict(Payment)
  case refused(AccountRefusal)
  /// The account has less than is to be taken from it: its balance.
  case declined(balance: Balance)
}

extension GeneralLedger {
  /// Credits an account once for an id. `opensAccount` says whether it may be a new one.
  package func topUp(_ request: LedgerRequest, opensAccount: Bool) throws(Failure) -> MovementAnswer {
    try record { view throws(Failure) in try decideTopUp(request, opensAccount: opensAccount, view) }
  }

  func decideTopUp(_ request: LedgerRequest, opensAccount: Bool, _ view: any BookView) throws(Failure) -> Decision<MovementAnswer> {
    if let known = try known(request, [.toppedUp, .reversed], view) { return Decision(known) }
    switch try usable(request.account, mayOpen: opensAccount, view) {
    case .refused(let why): return Decision(.refused(why))
    case .open(let balance, let opening):
      let credit = try Posting(.topUp, request, from: .cash, to: balance)
      return Decision(.recorded(balance: credit.balance), recording: opening + [credit])
    }
  }

  /// Corrects the balance of an account, which may be closed.
  package func adjust(_ request: LedgerRequest, isDeduction: Bool) throws(Failure) -> MovementAnswer {
    try record { view throws(Failure) in
      if let known = try known(request, [.adjusted], view) { return Decision(known) }
      guard let balance = try view.state(of: request.account)?.balance else { return Decision(.refused(.missing)) }
      if isDeduction { return take(.adjustment, request, of: balance, to: .adjustment) }
      let credit = try Posting(.adjustment, request, from: .adjustment, to: balance)
      return Decision(.recorded(balance: credit.balance), recording: [credit])
    }
  }

  /// Pays credit of an account back to its owner; it may be closed.
  package func payOut(_ request: LedgerRequest) throws(Failure) -> MovementAnswer {
    try record { view throws(Failure) in
      if let known = try known(request, [.paidOut], view) { return Decision(known) }
      guard let balance = try view.state(of: request.account)?.balance else { return Decision(.refused(.missing)) }
      return take(.payout, request, of: balance, to: .cash)
    }
  }

  /// Takes a top-up back, once; 77 where the account has less by now.
  package func reverseTopUp(_ id: MessageID) throws(Failure) -> ReversalAnswer {
    try record { view throws(Failure) in
      guard let entry = try view.lastEntry(of: id), let payment = Payment(entry) else { return Decision(.unknown) }
      switch payment.state {
      case .reversed: return Decision(.already(payment))
      case .toppedUp: break
      default:
        throw Failure(
          .badData, "\(payment.shownKey) is no top-up: it is \(payment.state.rawValue)",
          remedy: "give the key of a top-up; see 'msg-pay history'")
      }
      let account = try view.heir(of: payment.account)
      let balance = try view.state(of: account)?.balance ?? 0
      guard let rest = balance.paying(payment.amount) else {
        throw .tooLittle(account, balance: balance, wanted: payment.amount, currency: policy.currency)
      }
      let posting = Posting(
        .topUpReversal, id: id, debit: .prepaid(account), credit: .cash, amount: payment.amount, balance: rest,
        fingerprint: payment.fingerprint, reference: payment.reference)
      guard let reversed = Payment(BookEntry(sequence: entry.sequence, time: entry.time, posting: posting)) else {
        throw Failure(.internalError, "\(payment.shownKey): a reversal without an account")
      }
      return Decision(.reversed(reversed), recording: [posting])
    }
  }

  /// What is known of the request's key, where something is; the request itself has one of `states` then.
  func known(_ request: LedgerRequest, _ states: [Payment.State], _ view: any BookView) throws(Failure) -> MovementAnswer? {
    guard let known = try view.payment(request.id) else { return nil }
    return states.contains(known.state) && known.fingerprint == request.fingerprint ? .already(known) : .conflict(known)
  }

  private func take(_ kind: Posting.Kind, _ request: LedgerRequest, of balance: Balance, to other: Account) -> Decision<MovementAnswer> {
    guard let rest = balance.paying(request.amount) else { return Decision(.declined(balance: balance)) }
    let posting = Posting(
      kind, id: request.id, debit: .prepaid(request.account), credit: other, amount: request.amount, balance: rest,
      fingerprint: request.fingerprint, reference: request.reference, memo: request.memo)
    return Decision(.recorded(balance: rest), recording: [posting])
  }
}

extension Posting {
  /// A credit to the account of a request, which had `balance`.
  fileprivate init(_ kind: Kind, _ request: LedgerRequest, from other: Account, to balance: Balance) throws(Failure) {
    self.init(
      kind, id: request.id, debit: other, credit: .prepaid(request.account), amount: request.amount,
      balance: try balance.increased(by: request.amount, of: "\(request.account)"), fingerprint: request.fingerprint,
      reference: request.reference, memo: request.memo)
  }
}

extension Failure {
  /// 77: an account has less than is to be taken from it.
  package static func tooLittle(_ account: Name, balance: Balance, wanted: Amount, currency: Currency) -> Failure {
    Failure(
      .notPermitted, "\(account) has \(currency.text(balance)), which is less than \(currency.text(wanted))",
      remedy: "nothing was done; take less")
  }
}
