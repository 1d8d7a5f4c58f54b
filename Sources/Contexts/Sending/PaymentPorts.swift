package import MessageFormat
package import SharedKernel

/// What the payment side knows of the payment of a send.
package enum PaymentState: Hashable, Sendable {
  /// Nothing recorded, or a charge that was given back: the id is free to be charged.
  case unpaid
  /// Charged; `balance` is the account's balance after it, where the payment side keeps one. `accepted` is when the message was
  /// accepted that it was charged for: it tells that message from another one of the same id.
  case paid(fingerprint: Fingerprint?, balance: Balance?, accepted: Timestamp?)
  /// Asked at a gateway, and the answer is not known. Charging the same id again finds it out.
  case pending(fingerprint: Fingerprint?, accepted: Timestamp?)
  /// Charged and given back after the delivery: the id stays taken, and nothing more is delivered for it.
  case refunded(fingerprint: Fingerprint?)
}

/// The answer to a charge.
package enum ChargeOutcome: Hashable, Sendable {
  /// Charged and durable.
  case paid(balance: Balance?)
  /// Nothing was charged, because of the account. The sentence says whose, how much there is and what it takes.
  /// Where it is not final a top-up helps.
  case declined(Failure, isFinal: Bool)
  /// It is not known whether it was charged; that it was asked for is recorded.
  case pending(Failure)
}

/// Whether new payments are possible.
package enum PaymentAvailability: Hashable, Sendable {
  case usable
  /// It failed or was slow recently. Only a command that needs a payment tries it.
  case onTrial
  /// No charge is made; why.
  case out(Failure)

  /// Why a charge would not be made now; nil where it can be tried.
  var outage: Failure? { if case .out(let why) = self { why } else { nil } }
}

/// The payments of messages as sending sees them. Every answer that says something was recorded is given when it is durable.
package protocol MessagePayments: AnyObject {
  /// What is known of the payment of a send. A payment reported here is durable.
  func state(of id: MessageID) throws(Failure) -> PaymentState
  /// Charges the sender once for the whole send; the id is the idempotency key. Where the payment is pending it finds out what
  /// became of it, or asks again under the same key. A failure of kind `temporary` or `unavailable` says that certainly nothing was
  /// charged; after any other the charge may or may not be recorded.
  func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome
  /// Charges several sends, each for itself, and answers in their order.
  func charge(_ envelopes: [Envelope]) -> [Result<ChargeOutcome, Failure>]
  /// Gives a charge back, and calls one off whose answer is not known; nothing to do where none is recorded. Repeating it is
  /// harmless. It fails as `temporary` as long as a gateway has not confirmed it; the decision is recorded by then.
  func reverse(_ id: MessageID) throws(Failure)
}

extension MessagePayments {
  package func charge(_ envelopes: [Envelope]) -> [Result<ChargeOutcome, Failure>] {
    envelopes.map { envelope in Result { () throws(Failure) in try charge(envelope) } }
  }
}

/// Why a charge would certainly be declined now.
package enum ChargeObstacle: Hashable, Sendable {
  /// There is no credit for it: others that want the same credit wait as well.
  case credit(Failure)
  /// A limit: a message to fewer receivers may pass.
  case limit(Failure)
  /// It will never be made.
  case final(Failure)

  /// What its sender is told.
  package var failure: Failure {
    switch self {
    case .credit(let failure), .limit(let failure), .final(let failure): failure
    }
  }
}

/// Whether the next charges can be made, and what they need.
package protocol ChargePlanning: AnyObject {
  /// Whether it is worth asking for a charge now, of anything but nothing, as far as that is known without a call to a gateway.
  func availability() throws(Failure) -> PaymentAvailability
  /// Why a charge would certainly be declined now; nil where it might be made. Makes no call to a gateway.
  func preflight(_ envelope: Envelope) throws(Failure) -> ChargeObstacle?
  /// Sets aside what one charge needs of a gateway, which may be a turn among others; with `waits` false only what is free now. Nothing
  /// of a message has been written by then: a sender who cannot be served in time is told at once (75). The next charge uses it.
  func reserve(waits: Bool) throws(Failure)
  /// Returns what was set aside and not used.
  func release()
}

extension ChargePlanning {
  /// Where charges need nothing beforehand.
  package func reserve(waits: Bool) throws(Failure) {}
  package func release() {}
}

/// What earlier commands left unfinished on the payment side alone.
package protocol PaymentRecovery: AnyObject {
  /// Continues at most `limit` refunds of delivered messages. What cannot be finished now is returned as notes.
  func recover(limit: Int, while mayGoOn: () -> Bool) -> [Failure]
}
