package import SharedKernel

/// The prepaid accounts and what may happen to them. Rules:
///
/// - an account opens with the opening credit at the first charge, a declined one included (`msg-send` charges), or when it is opened by
///   hand; it gets that credit once; a closed one is not charged;
/// - a charge is recorded once an id, at price 0 too; a declined id may be charged again, and that of a message when it was voided; a
///   refunded one stays taken, and a key that was voided, or that was voided before anything was charged, is never charged again;
/// - the same id with the same fingerprint is answered as the first time, with another fingerprint it is a conflict;
/// - no balance falls below zero (invariant 7): such a charge is declined;
/// - what is given back is given back once; a refund is for messages alone.
///
/// Every answer is given when it is durable.
package struct GeneralLedger {
  /// An id stays known at least so long.
  package static let retention = Duration.days(35)

  let book: any LedgerBook
  /// What an account is opened with.
  package let openingCredit: Amount
  let policy: LedgerPolicy

  package init(book: any LedgerBook, openingCredit: Amount, policy: LedgerPolicy = .open) {
    (self.book, self.openingCredit, self.policy) = (book, openingCredit, policy)
  }

  /// What is known of an id; nil for nothing. A state reported here is durable.
  package func payment(of id: MessageID) throws(Failure) -> Payment? {
    try transaction { view throws(Failure) in Decision(try view.lastEntry(of: id).flatMap { Payment($0) }) }
  }

  /// The balance of an account; nil when it has not been opened.
  package func balance(of account: Name) throws(Failure) -> Balance? {
    try transaction { view throws(Failure) in Decision(try view.balance(of: .prepaid(account))) }
  }

  /// What is known of an account; nil when it has not been opened.
  package func state(of account: Name) throws(Failure) -> AccountState? {
    try transaction { view throws(Failure) in Decision(try view.state(of: account)) }
  }

  /// Charges an account once for an id.
  package func charge(_ request: LedgerRequest) throws(Failure) -> ChargeAnswer {
    let limits = try policy.limits()
    return try record { view throws(Failure) in try decideCharge(request, limits, view) }
  }

  /// What a charge would be answered now; nothing is recorded.
  package func preview(_ request: LedgerRequest) throws(Failure) -> ChargeAnswer {
    let limits = try policy.limits()
    return try transaction { view throws(Failure) in Decision(try decideCharge(request, limits, view).answer) }
  }

  /// Charges an account once for a key of which a void is final; the charge of a message may be made again after one.
  package func chargeUnlessVoided(_ request: LedgerRequest) throws(Failure) -> ChargeAnswer {
    let limits = try policy.limits()
    return try record { view throws(Failure) in try decideChargeUnlessVoided(request, limits, view) }
  }

  func decideChargeUnlessVoided(
    _ request: LedgerRequest, _ limits: Limits, _ view: any BookView
  ) throws(Failure) -> Decision<ChargeAnswer> {
    if let known = try view.payment(request.id), known.state == .voided { return Decision(.spent(known)) }
    return try decideCharge(request, limits, view)
  }

  /// Takes a charge back because nothing is delivered for it. Harmless when there is nothing to take back.
  package func void(_ id: MessageID) throws(Failure) -> ReversalAnswer {
    try record { view throws(Failure) in try decideVoid(id, view) }
  }

  /// Gives the charge of a delivered message back, once.
  package func refund(_ id: MessageID) throws(Failure) -> ReversalAnswer {
    try record { view throws(Failure) in try decideRefund(id, view) }
  }

  /// The posting that opens an account, and the balance after it.
  func opening(_ account: Name, of request: LedgerRequest? = nil) -> (balance: Balance, opening: Posting) {
    let opening = Posting(
      .opening, id: request?.id, debit: .opening, credit: .prepaid(account), amount: openingCredit, balance: Balance(openingCredit),
      fingerprint: request?.fingerprint, reference: request?.reference ?? "")
    return (Balance(openingCredit), opening)
  }

  /// The balance an account starts a transaction with, and the posting that opens it where that is still to be made.
  func opened(_ account: Name, _ view: any BookView) throws(Failure) -> (balance: Balance, opening: [Posting]) {
    if let balance = try view.balance(of: .prepaid(account)) { return (balance, []) }
    let (balance, opening) = opening(account)
    return (balance, [opening])
  }
}
