package import MessageFormat
package import SharedKernel

/// Where a sent message is.
package struct SentMessage: Sendable {
  package enum State: String, Sendable { case queued, scheduled, paying, delivered, read, failed, voided, cancelled, refunded }

  package let id: MessageID
  package let state: State
  /// Nil where no file tells it any more.
  package let envelope: Envelope?
  /// The copies that were delivered, in the order of the recipients, as far as files tell of them.
  package let copies: [DeliveredCopy]
  /// The subject, else the first words of the text; empty where neither is known any more.
  package let words: String
  package let price: Amount?
  package let paid: Timestamp?
  package let delivered: Timestamp?
  /// When the last recipient had read it, as far as the mark's time tells.
  package let read: Timestamp?
  /// When its charge was given back after its delivery.
  package let refunded: Timestamp?
  /// Why it was given up; nil unless it was.
  package let error: String?
}
