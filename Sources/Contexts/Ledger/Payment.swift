package import SharedKernel

/// What the book says last about an id.
package struct Payment: Hashable, Sendable {
  package enum State: String, Sendable {
    /// A gateway was asked, or is about to be, and its answer is not known.
    case pending
    /// Charged, and nothing given back.
    case charged
    /// Refused, for good under the key that was asked for.
    case declined
    /// To be given back by its gateway, which has not confirmed it yet.
    case reversing
    /// Charged and taken back because nothing was delivered: the id may be charged again.
    case voided
    /// Charged, delivered, and given back: the id stays taken.
    case refunded
    /// The id of a top-up, which is no payment.
    case toppedUp = "topup"
    /// The id of a top-up that was taken back.
    case reversed
    /// The ids of other changes of an account, which are no payments.
    case adjusted, paidOut = "payout", opened, closed, renamed
  }

  package let id: MessageID
  package let state: State
  /// Who pays.
  package let account: Name
  /// What it costs, charged or not.
  package let amount: Amount
  package let fingerprint: Fingerprint?
  /// Of the account, directly after the posting that brought this state; of the gateway's clearing account where there is one.
  package let balance: Balance
  /// When this state was recorded.
  package let time: Timestamp
  /// The key as the caller gave it; empty where the id is the key.
  package let reference: String
  package let memo: String
  /// Of a payment at a gateway outside; nil for one from a prepaid account.
  package let external: ExternalPayment?

  /// Whether it is the void of a key under which nothing had been charged: from then on nothing is.
  package var isTombstone: Bool {
    state == .voided && external == nil && amount == .zero && (fingerprint == nil || memo == Payment.tombstoneMemo)
  }

  /// Whether the id is that of a charge, made or refused; else of a change of an account.
  package var isOfCharge: Bool {
    switch state {
    case .pending, .charged, .declined, .reversing, .voided, .refunded: true
    case .toppedUp, .reversed, .adjusted, .paidOut, .opened, .closed, .renamed: false
    }
  }

  /// What tells such a void from that of a charge of nothing.
  static let tombstoneMemo = "nothing was charged"

  /// Nil for an entry that is not about an id and an account.
  package init?(_ entry: BookEntry) {
    let posting = entry.posting
    guard let id = posting.id, let account = posting.payer else { return nil }
    (self.id, self.account, amount, balance) = (id, account, posting.external?.asked ?? posting.amount, posting.balance)
    (fingerprint, time, reference, memo) = (posting.fingerprint, entry.time, posting.reference, posting.memo)
    external = posting.external
    switch posting.kind {
    case .pending: state = .pending
    case .charge, .posted: state = .charged
    case .declined: state = .declined
    case .reversal: state = .reversing
    case .void: state = .voided
    case .refund: state = .refunded
    case .topUp: state = .toppedUp
    case .topUpReversal: state = .reversed
    case .adjustment: state = .adjusted
    case .payout: state = .paidOut
    case .opening, .reopening: state = .opened
    case .closing: state = posting.credit == .transfer ? .renamed : .closed
    case .transfer, .allowance, .usage, .currency: return nil
    }
  }
}

extension BookView {
  /// What is known of a payment; nil for nothing. 65 where the id is that of one of the book's own records.
  func payment(_ id: MessageID) throws(Failure) -> Payment? {
    guard let entry = try lastEntry(of: id) else { return nil }
    if let payment = Payment(entry) { return payment }
    throw Failure(.badData, "'\(id)' is the id of a record that the book made itself", remedy: "nothing was done; take another key")
  }
}
