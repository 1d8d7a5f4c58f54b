package import SharedKernel

/// What the book says last about an id.
package struct Payment: Hashable, Sendable {
  package enum State: String, Sendable {
    /// Charged, and nothing given back.
    case charged
    /// Charged and taken back because nothing was delivered: the id may be charged again.
    case voided
    /// Charged, delivered, and given back: the id stays taken.
    case refunded
    /// The id of a top-up, which is no payment.
    case toppedUp = "topup"
  }

  package let id: MessageID
  package let state: State
  package let account: Name
  package let amount: Amount
  package let fingerprint: Fingerprint?
  /// Of the account, directly after the posting that brought this state.
  package let balance: Int64
  /// When this state was recorded.
  package let time: Timestamp
  /// The key as the caller gave it; empty where the id is the key.
  package let reference: String
  package let memo: String

  /// Nil for an entry that is not about an id and an account.
  package init?(_ entry: Entry) {
    let posting = entry.posting
    guard let id = posting.id, let account = posting.owner else { return nil }
    (self.id, self.account, amount, balance) = (id, account, posting.amount, posting.balance)
    (fingerprint, time, reference, memo) = (posting.fingerprint, entry.time, posting.reference, posting.memo)
    switch posting.kind {
    case .charge: state = .charged
    case .void: state = .voided
    case .refund: state = .refunded
    case .topUp: state = .toppedUp
    case .opening: return nil
    }
  }
}
