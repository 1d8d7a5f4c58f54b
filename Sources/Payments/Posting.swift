package import SharedKernel

/// One movement of money between two accounts, as it is to be recorded. One of them is a prepaid account.
package struct Posting: Hashable, Sendable {
  package enum Kind: Hashable, CaseIterable, Sendable { case opening, topUp, charge, void, refund }

  package let kind: Kind
  /// The idempotency key it answers to; nil for what nobody asked for by a key (openings, corrections by a repair).
  package let id: MessageID?
  /// Loses the amount.
  package let debit: Account
  /// Gains the amount.
  package let credit: Account
  package let amount: Amount
  /// Of the prepaid account, with this posting in it.
  package let balance: Int64
  /// Recognises the same request under the same id.
  package let fingerprint: Fingerprint?
  /// The key as the caller gave it, where it is not the id itself; empty for none. Shown, never compared.
  package let reference: String
  /// A person's remark; empty for none.
  package let memo: String

  package init(
    _ kind: Kind, id: MessageID?, debit: Account, credit: Account, amount: Amount, balance: Int64, fingerprint: Fingerprint? = nil,
    reference: String = "", memo: String = ""
  ) {
    (self.kind, self.id, self.debit, self.credit) = (kind, id, debit, credit)
    (self.amount, self.balance, self.fingerprint) = (amount, balance, fingerprint)
    (self.reference, self.memo) = (reference, memo)
  }

  /// The owner of the prepaid account.
  package var owner: Name? { debit.owner ?? credit.owner }

  /// The amount as the prepaid account sees it: negative for what it loses.
  package var change: Int64 { debit.owner == nil ? amount.units : -amount.units }
}

/// A posting that is in the book.
package struct Entry: Hashable, Sendable {
  /// Dense over the whole book, from 1.
  package let sequence: Int64
  package let time: Timestamp
  package let posting: Posting

  package init(sequence: Int64, time: Timestamp, posting: Posting) {
    (self.sequence, self.time, self.posting) = (sequence, time, posting)
  }
}
