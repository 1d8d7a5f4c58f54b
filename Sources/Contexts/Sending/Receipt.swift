package import SharedKernel

/// The answer to a send.
package struct Receipt: Hashable, Sendable {
  package enum State: String, Sendable { case delivered, queued, scheduled }

  package let id: MessageID
  package let recipients: [Name]
  package let state: State
  /// Smallest units of the currency, for all copies together.
  package let price: Amount
  /// The sender's balance after it, where the payment side keeps one and the send was charged just now.
  package let balance: Balance?
  /// Whether it is paid for, delivered or not.
  package let isPaid: Bool
  /// True when the same key had been sent before and nothing was done now.
  package let isRepeat: Bool
  /// The time for which it was sent or scheduled; nil where its acceptance is not known any more.
  package let at: Timestamp?
  /// When it was accepted; nil where that is not known any more.
  package let accepted: Timestamp?
  /// Why it waits, where it waits for its payment or, once it is paid, for its delivery.
  package let reason: Failure?
  /// What did not work without touching the send: alarms that could not be announced.
  package let notes: [Failure]
}
