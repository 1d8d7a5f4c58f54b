package import SharedKernel

/// One movement of money between two accounts, as it is to be recorded. One of them is a prepaid account, or the clearing
/// account of a gateway.
package struct Posting: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case opening, topUp, charge, void, refund
    /// Of an account: see `MovementRules` and `AccountRules`.
    case topUpReversal, adjustment, payout, transfer, closing, reopening
    /// See `AllowanceRules`.
    case allowance
    /// No movement: what an account or a sender used. See `LimitRules`.
    case usage
    /// No movement: what the book is counted in, where its beginning does not say it. See `BookCurrency`.
    case currency
    /// Of an external payment: see `ExternalRules`.
    case pending, posted, declined, reversal
  }

  package let kind: Kind
  /// The idempotency key it answers to; nil for what was not asked for by a key (openings, corrections by a repair).
  package let id: MessageID?
  /// Loses the amount.
  package let debit: Account
  /// Gains the amount.
  package let credit: Account
  package let amount: Amount
  /// Of the tracked account, with this posting in it.
  package let balance: Balance
  /// Recognises the same request under the same id.
  package let fingerprint: Fingerprint?
  /// The key as the caller gave it, where it is not the id itself; empty for none. Shown, never compared.
  package let reference: String
  /// A person's remark; empty for none.
  package let memo: String
  /// Of a payment at a gateway outside; nil for one from a prepaid account.
  package let external: ExternalPayment?

  package init(
    _ kind: Kind, id: MessageID?, debit: Account, credit: Account, amount: Amount, balance: Balance, fingerprint: Fingerprint? = nil,
    reference: String = "", memo: String = "", external: ExternalPayment? = nil
  ) {
    (self.kind, self.id, self.debit, self.credit) = (kind, id, debit, credit)
    (self.amount, self.balance, self.fingerprint) = (amount, balance, fingerprint)
    (self.reference, self.memo, self.external) = (reference, memo, external)
  }

  /// The owner of the prepaid account; nil where there is none in it.
  package var owner: Name? { debit.owner ?? credit.owner }

  /// The account whose balance it carries; nil for a posting that no rule makes.
  package var tracked: Account? { debit.isTracked ? debit : credit.isTracked ? credit : nil }

  /// Who pays or is paid: the owner of the prepaid account, or who pays by the gateway.
  package var payer: Name? { owner ?? external?.payer }

  /// Whether money was taken by it, here or at a gateway.
  package var isCharge: Bool { kind == .charge || kind == .posted }

  /// What the tracked account had before it.
  var before: Balance { balance.subtracting(change) ?? balance }

  /// Whether it is bookkeeping, and moves no credit of an account.
  package var isBookkeeping: Bool { kind == .usage || kind == .currency }

  /// The amount as the tracked account sees it: negative for what it loses.
  package var change: Balance { debit.isTracked ? -Balance(amount) : Balance(amount) }
}

extension Posting.Kind {
  /// As history and journal call it. A charge is a charge wherever it was made.
  package var word: String {
    switch self {
    case .opening: "opening"
    case .topUp: "topup"
    case .charge, .posted: "charge"
    case .void: "void"
    case .refund: "refund"
    case .pending: "pending"
    case .declined: "declined"
    case .reversal: "reversal"
    case .topUpReversal: "topup-reversal"
    case .adjustment: "adjustment"
    case .payout: "payout"
    case .transfer: "rename"
    case .closing: "closing"
    case .reopening: "reopening"
    case .allowance: "allowance"
    case .usage: "usage"
    case .currency: "currency"
    }
  }
}

/// A posting that is in the book.
package struct BookEntry: Hashable, Sendable {
  /// Dense over the whole book, from 1.
  package let sequence: Int64
  package let time: Timestamp
  package let posting: Posting

  package init(sequence: Int64, time: Timestamp, posting: Posting) {
    (self.sequence, self.time, self.posting) = (sequence, time, posting)
  }
}
