package import MessageFormat
package import SharedKernel

/// Where a sent message is.
package struct SentMessage: Sendable {
  package enum State: String, Sendable { case queued, scheduled, paying, delivered, read, failed, voided }

  package let id: MessageID
  package let state: State
  /// Nil where no file tells it any more.
  package let envelope: Envelope?
  package let price: Amount?
  package let paid: Timestamp?
  package let delivered: Timestamp?
  /// When the last recipient had read it, as far as the mark's time tells.
  package let read: Timestamp?
  /// Why it was given up; nil unless it was.
  package let error: String?
}
