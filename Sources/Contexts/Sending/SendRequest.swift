internal import MessageFormat
package import SharedKernel

/// A send as it is asked for: the draft, what it is called, what it costs.
package struct SendRequest: Sendable {
  package let draft: Draft
  package let id: MessageID
  /// What its sender calls it; nil where the id was drawn.
  package let key: String?
  /// Whether the id comes from a key, so that the same send may have been made before.
  package private(set) var isRepeatable: Bool
  /// Smallest units of the currency, for all copies together.
  package let price: Amount
  package let date: Timestamp
  /// Of the clocks where it is sent.
  package let dateOffset: UTCOffset
  /// Whether it may wait for its payment: accepted is then as good as sent. One for a later time always may.
  package let mayWait: Bool
  /// The time of delivery asked for, of a send that is accepted at a time: `+15m` means another for each. Not before the acceptance.
  package let deliveryTime: @Sendable (_ accepted: Timestamp) -> Timestamp
  /// Why it may not be made now; an earlier send under its key is still answered.
  package let refusal: Failure?
  /// The account that pays.
  package let payer: Name
  /// The class of the tariff by which it is priced; empty for a flat price.
  package let tariffClass: String

  package init(
    draft: Draft, id: MessageID, key: String? = nil, isRepeatable: Bool, price: Amount, date: Timestamp, dateOffset: UTCOffset,
    mayWait: Bool = false, payer: Name? = nil, tariffClass: String = "",
    deliveryTime: @escaping @Sendable (Timestamp) -> Timestamp = { $0 }, refusal: Failure? = nil
  ) {
    (self.payer, self.tariffClass) = (payer ?? draft.sender, tariffClass)
    (self.draft, self.id, self.key, self.isRepeatable, self.price) = (draft, id, key, isRepeatable, price)
    (self.date, self.dateOffset, self.mayWait) = (date, dateOffset, mayWait || draft.notBefore != nil)
    (self.deliveryTime, self.refusal) = (deliveryTime, refusal)
  }

  /// The same send when it is not known how far the first came: what there is of it is finished, and answered as the first would be.
  package func repeated() -> SendRequest {
    var request = self
    request.isRepeatable = true
    return request
  }

  /// A failure as its sender is told of it: the message goes by its key.
  func named(_ failure: Failure) -> Failure {
    guard let key else { return failure }
    return Failure(failure.kind, failure.message.replacing("message \(id)", with: "message '\(key)'"), remedy: failure.remedy)
  }
}
