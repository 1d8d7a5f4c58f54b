package import SharedKernel

/// A charge or a top-up as it is asked for.
package struct LedgerRequest: Hashable, Sendable {
  package let id: MessageID
  package let account: Name
  package let amount: Amount
  package let fingerprint: Fingerprint
  /// The key as the caller gave it; empty where the id is the key.
  package let reference: String
  package let memo: String

  package init(id: MessageID, account: Name, amount: Amount, fingerprint: Fingerprint, reference: String = "", memo: String = "") {
    (self.id, self.account, self.amount) = (id, account, amount)
    (self.fingerprint, self.reference, self.memo) = (fingerprint, reference, memo)
  }
}
