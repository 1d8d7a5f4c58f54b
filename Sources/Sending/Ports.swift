package import MessageFormat
package import SharedKernel

/// What the ledger or gateway knows of the payment of a send.
package enum PaymentState: Hashable, Sendable {
  /// Nothing recorded, or a charge that was given back: the id is free to be charged.
  case unpaid
  /// Charged; `balance` is the account's balance after it, where the payment side keeps one.
  case paid(fingerprint: Fingerprint, balance: Int64?)
}

/// The answer to a charge.
package enum ChargeOutcome: Hashable, Sendable {
  /// Charged and durable.
  case paid(balance: Int64?)
  /// No credit; nothing was charged. The balance that was too small, where it is known.
  case declined(balance: Int64?)
}

/// The payment side as sending sees it. Every answer that says something was recorded is given when it is durable.
package protocol PaymentGateway {
  /// What is known of the payment of a send. A payment reported here is durable.
  func state(of id: MessageID) throws(Failure) -> PaymentState
  /// Charges the sender once for the whole send; the id is the idempotency key.
  func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome
  /// Gives a charge back; nothing to do where none is recorded. Repeating it is harmless.
  func reverse(_ id: MessageID) throws(Failure)
}

/// The announcement of delivered copies to whoever raises alarms. It never fails a send (invariant 5).
package protocol EventFeed {
  /// Publishes the message files of those names in the outbox, in order, and makes that durable.
  /// What could not be published is returned as notes; the alarm side makes it good later.
  func publish(_ names: [String]) -> [Failure]
}

/// Where copies are delivered.
package protocol Mailboxes {
  /// Makes sure that the recipient can be delivered to, before anything is charged (67 where there is no such mailbox).
  func prepare(_ recipient: Name) throws(Failure)
  /// Moves the message file of that name from the outbox into the recipient's `new/`; `Delivery` says whether it was there.
  /// Not durable until `makeDurable`.
  func deliver(_ name: String, to recipient: Name, as baseName: String) throws(Failure) -> Delivery
  /// Makes the names in the recipient's `new/` durable.
  func makeDurable(_ recipient: Name) throws(Failure)
}

/// What a delivery met.
package enum Delivery: Sendable { case moved, wasGone }
