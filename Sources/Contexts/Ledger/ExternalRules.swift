// A payment at a gateway outside, as the book knows it. What is asked of the gateway is durable before it is asked.
//
//   record   means                                                what may follow
//   PEND     the gateway is about to be asked, or was, and the    POST, DECL, REVQ
//            answer is not known
//   POST     it charged                                           REVQ
//   DECL     it did not, and never will under this key            PEND with the next key
//   REVQ     the payment is to be given back, whatever came of    VOID, RFND
//            it: from here on this key is never charged
//   VOID     the gateway confirmed that; nothing was delivered    PEND with the next key
//   RFND     the same, for a message that was delivered           nothing
//
// Only POST, VOID and RFND move money, between the gateway's clearing account (what it owes the house) and income. No prepaid
// account is in it, so none has a limit there: the gateway keeps the payer's account.
//
// What costs nothing is asked for at no gateway, which may refuse such a question. It is recorded like any payment, so that its id is
// known: PEND and POST in one append, and later, where it is given back, REVQ and at once VOID or RFND.

package import SharedKernel

/// What became of the wish to charge at a gateway.
package enum IntentAnswer: Hashable, Sendable {
  /// The intent is durable now: ask.
  case ask(Payment)
  /// It was asked before and the answer is not known, or a reversal is not confirmed.
  case open(Payment)
  /// The same request was charged before, or costs nothing; its state now is `charged` or `refunded`.
  case already(Payment)
  /// Another request has the id; nothing is to be asked.
  case conflict(Payment)
  /// It is more than a limit allows now; the gateway is not asked.
  case limited(ReachedLimit)
}

/// What is known at last of a payment that was asked for.
package enum Conclusion: Hashable, Sendable {
  /// With the gateway's own name of the payment.
  case charged(reference: String)
  case notCharged
}

extension GeneralLedger {
  /// Records durably that a gateway is about to be asked for a charge, and under which key: see `KeySalt`.
  package func intend(_ request: LedgerRequest, at gateway: GatewayName, salt: KeySalt) throws(Failure) -> IntentAnswer {
    let limits = try policy.limits()
    return try transaction { view throws(Failure) in
      let known = try view.payment(request.id)
      let isSame = known?.fingerprint == request.fingerprint
      var generation = 1
      switch known?.state {
      case .charged, .refunded: if let known { return Decision(isSame ? .already(known) : .conflict(known)) }
      case .toppedUp, .reversed, .adjusted, .paidOut, .opened, .closed, .renamed: if let known { return Decision(.conflict(known)) }
      case .pending, .reversing: if let known { return Decision(isSame ? .open(known) : .conflict(known)) }
      case .declined, .voided: generation = (known?.external?.generation ?? 0) + 1
      case nil: break
      }
      let usage: [Posting]
      switch try metering(request, limits, view) {
      case .reached(let limit, let counted): return Decision(.limited(limit), recording: counted)
      case .free(let postings): usage = postings
      }
      let external = ExternalPayment(
        payer: request.account, gateway: gateway, generation: generation, salt: salt, asked: request.amount)
      let balance = try view.balance(of: .gateway(gateway)) ?? 0
      let posting = Posting(
        .pending, id: request.id, external, balance: balance, fingerprint: request.fingerprint, reference: request.reference,
        memo: request.memo)
      let payment = try GeneralLedger.payment(of: posting)
      guard payment.isFree else { return Decision(.ask(payment), recording: [posting] + usage) }
      let posted = payment.next(.posted, external.charged(""), balance: balance)
      return Decision(.already(try GeneralLedger.payment(of: posted)), recording: [posting, posted] + usage)
    }
  }

  /// Records what became of a payment that was asked for. One that is no longer pending stays as it is: what a late answer says
  /// of a payment that is being given back changes nothing. Returns the payment as it is then.
  package func conclude(_ payment: Payment, _ conclusion: Conclusion, byHand: Bool = false) throws(Failure) -> Payment {
    try transaction { view throws(Failure) in
      guard let known = try view.lastEntry(of: payment.id).flatMap({ Payment($0) }) else { throw GeneralLedger.lost(payment) }
      guard known.state == .pending, let external = known.external, external.generation == payment.external?.generation else {
        return Decision(known)
      }
      let balance = try view.balance(of: .gateway(external.gateway)) ?? 0
      var usage: [Posting] = []
      let posting: Posting
      switch conclusion {
      case .notCharged:
        posting = known.next(.declined, external.settled(byHand: byHand), balance: balance)
        usage = try unmetering(known, at: known.time, view)
      case .charged(let reference):
        posting = known.next(
          .posted, external.charged(reference).settled(byHand: byHand),
          balance: try balance.decreased(by: external.asked, of: external.gateway))
      }
      return Decision(try GeneralLedger.payment(of: posting), recording: [posting] + usage)
    }
  }

  /// Records that the gateway confirmed a reversal. Returns the payment as it is then.
  package func confirmReversal(_ payment: Payment, byHand: Bool = false) throws(Failure) -> Payment {
    try transaction { view throws(Failure) in
      guard let known = try view.lastEntry(of: payment.id).flatMap({ Payment($0) }) else { throw GeneralLedger.lost(payment) }
      guard known.state == .reversing, let external = known.external, external.generation == payment.external?.generation else {
        return Decision(known)
      }
      let balance = try view.balance(of: .gateway(external.gateway)) ?? 0
      let posting = known.next(
        external.reversal == .refund ? .refund : .void, external.settled(byHand: byHand),
        balance: try balance.increased(by: external.charged, of: "\(external.gateway)"))
      return Decision(try GeneralLedger.payment(of: posting), recording: [posting])
    }
  }

  /// The decision to give an external payment back; it has to be confirmed by its gateway.
  func decideExternalReversal(
    _ known: Payment, _ external: ExternalPayment, _ reversal: ExternalPayment.Reversal, _ view: any BookView
  ) throws(Failure) -> Decision<ReversalAnswer> {
    switch known.state {
    case .reversing: return Decision(.requested(known))
    case .voided, .refunded, .declined, .toppedUp, .reversed, .adjusted, .paidOut, .opened, .closed, .renamed:
      return Decision(.already(known))
    case .pending, .charged:
      let posting = known.next(
        .reversal, external.reversing(reversal), balance: try view.balance(of: .gateway(external.gateway)) ?? 0)
      // Now, and not when it is confirmed: only here the book tells when the charge was made.
      let usage = reversal == .refund ? [] : try unmetering(known, at: known.time, view)
      return Decision(.requested(try GeneralLedger.payment(of: posting)), recording: [posting] + usage)
    }
  }

  /// The payment that a posting makes of an id. Its time is the book's to give.
  private static func payment(of posting: Posting) throws(Failure) -> Payment {
    guard let payment = Payment(BookEntry(sequence: 0, time: Timestamp(sinceEpoch: .zero), posting: posting)) else {
      throw Failure(.internalError, "a payment without an id or an account")
    }
    return payment
  }

  private static func lost(_ payment: Payment) -> Failure {
    Failure(.internalError, "\(payment.shownKey): its intent is no longer in the ledger", remedy: "run 'msg-pay verify'")
  }
}

extension Posting {
  /// A record of an external payment. Money moves where the kind says so.
  init(
    _ kind: Kind, id: MessageID, _ external: ExternalPayment, balance: Balance, fingerprint: Fingerprint?, reference: String = "",
    memo: String = ""
  ) {
    let isBack = kind == .void || kind == .refund
    let moved: Amount = kind == .posted || isBack ? external.charged : .zero
    let clearing = Account.gateway(external.gateway)
    self.init(
      kind, id: id, debit: isBack ? .income : clearing, credit: isBack ? clearing : .income, amount: moved, balance: balance,
      fingerprint: fingerprint, reference: reference, memo: memo, external: external)
  }
}

extension Payment {
  /// Whether there is nothing to ask a gateway for.
  package var isFree: Bool { amount == .zero }

  /// The next record of the same payment: what it was for stays with it.
  fileprivate func next(_ kind: Posting.Kind, _ external: ExternalPayment, balance: Balance) -> Posting {
    Posting(kind, id: id, external, balance: balance, fingerprint: fingerprint, reference: reference, memo: memo)
  }
}
