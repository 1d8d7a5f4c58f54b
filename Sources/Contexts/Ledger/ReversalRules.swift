internal import SharedKernel

/// The answer to a void or a refund.
package enum ReversalAnswer: Hashable, Sendable {
  /// Given back now.
  case reversed(Payment)
  /// It had been given back before, by a void or a refund.
  case already(Payment)
  /// An external payment: that it is given back is decided and durable, and its gateway has to confirm it.
  case requested(Payment)
  /// The book knows no charge of that id.
  case unknown
}

extension GeneralLedger {
  func decideVoid(_ id: MessageID, _ view: any BookView) throws(Failure) -> Decision<ReversalAnswer> {
    if let payment = try view.lastEntry(of: id).flatMap({ Payment($0) }), let external = payment.external {
      return try decideExternalReversal(payment, external, .void, view)
    }
    return try decideReversal(id, .void, view) { payment throws(Failure) in .already(payment) }
  }

  func decidePlainVoid(_ id: MessageID, _ view: any BookView) throws(Failure) -> Decision<ReversalAnswer> {
    if let posting = try view.lastEntry(of: id)?.posting {
      if posting.kind == .pending || posting.kind == .reversal {
        throw Failure(
          .badData, "\(posting.shownKey) is the payment of a message, and open", remedy: "see 'msg-pay doubt'; nothing was done")
      }
      // Or is still to be delivered; that is for sending to know.
      if posting.subject == .message || posting.external != nil, posting.kind != .void, posting.kind != .declined {
        throw Failure(
          .badData, "\(posting.shownKey) is the charge of a message that was delivered",
          remedy: "use 'msg-pay refund \(id)'; nothing was done")
      }
    }
    return try decideVoid(id, view)
  }

  func decideRefund(_ id: MessageID, _ view: any BookView) throws(Failure) -> Decision<ReversalAnswer> {
    if let posting = try view.lastEntry(of: id)?.posting, posting.subject == .other {
      let key = posting.reference.isEmpty ? "\(id)" : posting.reference
      throw Failure(
        .badData, "\(posting.shownKey) is the charge of no message", remedy: "use 'msg-pay void --id \(key)'; nothing was done")
    }
    if let payment = try view.lastEntry(of: id).flatMap({ Payment($0) }), let external = payment.external {
      guard payment.state == .charged || payment.state == .refunded || external.reversal == .refund else {
        throw Failure(.badData, "\(payment.shownKey) is \(payment.state.rawValue)", remedy: "there is no charge to give back")
      }
      return try decideExternalReversal(payment, external, .refund, view)
    }
    return try decideReversal(id, .refund, view) { payment throws(Failure) in
      guard payment.state == .refunded else {
        throw Failure(
          .badData, "\(payment.shownKey): its charge was \(payment.state.rawValue)", remedy: "there is nothing left to give back")
      }
      return .already(payment)
    }
  }

  private func decideReversal(
    _ id: MessageID, _ kind: Posting.Kind, _ view: any BookView, whenReversed: (Payment) throws(Failure) -> ReversalAnswer
  ) throws(Failure) -> Decision<ReversalAnswer> {
    guard let entry = try view.lastEntry(of: id), let payment = Payment(entry) else { return Decision(.unknown) }
    switch payment.state {
    case .toppedUp:
      throw Failure(.badData, "\(payment.shownKey) is a top-up, not a charge", remedy: "'msg-pay reverse' takes a top-up back")
    case .reversed, .adjusted, .paidOut, .opened, .closed, .renamed:
      throw Failure(.badData, "\(payment.shownKey) is no charge", remedy: "give the id of a charge; see 'msg-pay history'")
    case .voided where payment.isTombstone: return Decision(.unknown)
    case .voided, .refunded, .declined: return Decision(try whenReversed(payment))
    case .pending, .reversing: throw Failure(.internalError, "\(payment.shownKey) is \(payment.state) in a prepaid account")
    case .charged: break
    }
    let account = try view.heir(of: payment.account)
    guard let balance = try view.balance(of: .prepaid(account)) else {
      throw Failure(.internalError, "\(account) was charged but has no account", remedy: "run 'msg-pay verify'")
    }
    let posting = Posting(
      kind, id: id, debit: .income, credit: .prepaid(account), amount: payment.amount,
      balance: try balance.increased(by: payment.amount, of: "\(account)"), fingerprint: payment.fingerprint,
      reference: payment.reference, memo: payment.memo)
    // The time is the book's to give; the caller learns what was given back to whom.
    guard let reversed = Payment(BookEntry(sequence: entry.sequence, time: entry.time, posting: posting)) else {
      throw Failure(.internalError, "\(payment.shownKey): a reversal without an account")
    }
    let usage = kind == .void ? try unmetering(payment, at: entry.time, view) : []
    return Decision(.reversed(reversed), recording: [posting] + usage)
  }
}

extension Posting {
  /// The key a person knows it by; empty where there is none.
  fileprivate var shownKey: String { reference.isEmpty ? id.map { "\($0)" } ?? "" : "'\(reference)'" }
}

extension Payment {
  /// The key a person knows it by.
  package var shownKey: String { reference.isEmpty ? "\(id)" : "'\(reference)'" }
}

extension Balance {
  /// A balance with an amount added; 65 when the book cannot hold such a number.
  func increased(by amount: Amount, of account: String) throws(Failure) -> Balance {
    if let sum = adding(Balance(amount)) { return sum }
    throw Failure(
      .badData, "\(account): a balance of \(self) and \(amount) is more than the book can hold", remedy: "use a smaller amount")
  }

  /// The balance of a clearing account with an amount taken off; 65 when the book cannot hold such a number.
  func decreased(by amount: Amount, of gateway: GatewayName) throws(Failure) -> Balance {
    if let difference = subtracting(Balance(amount)) { return difference }
    throw Failure(.badData, "\(gateway): more was charged there than the book can hold", remedy: "use another gateway")
  }
}
