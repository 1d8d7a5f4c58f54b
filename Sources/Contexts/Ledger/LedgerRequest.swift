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
  /// The sender; nil for what is not a message.
  package let sender: Name?
  /// Of a message.
  package let copies: Int

  package init(
    id: MessageID, account: Name, amount: Amount, fingerprint: Fingerprint, reference: String = "", memo: String = "", sender: Name? = nil,
    copies: Int = 0
  ) {
    (self.id, self.account, self.amount) = (id, account, amount)
    (self.fingerprint, self.reference, self.memo) = (fingerprint, reference, memo)
    (self.sender, self.copies) = (sender, copies)
  }
}
