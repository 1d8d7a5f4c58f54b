package import SharedKernel

/// What the book knows of a payment that a gateway outside makes.
package struct ExternalPayment: Hashable, Sendable {
  /// What its reversal is for.
  package enum Reversal: String, Sendable {
    /// Nothing is delivered: the id may be charged again.
    case void
    /// It was delivered and is given back: the id stays taken.
    case refund
  }

  /// Who pays, by an account that the gateway keeps.
  package let payer: Name
  package let gateway: GatewayName
  /// The ordinal of the payment among those for the same id, from 1: a key that was declined or voided is never asked for again.
  package let generation: Int
  /// What makes its key its own; nil of a payment that was recorded before there was such a thing.
  package let salt: KeySalt?
  /// What was asked for.
  package let asked: Amount
  /// What the gateway said it charged; zero as long as it has not.
  package let charged: Amount
  /// The gateway's own name of the payment; empty for none.
  package let reference: String
  /// Nil while it is not to be given back.
  package let reversal: Reversal?
  /// Whether a person said what became of it, not the gateway.
  package let isSettledByHand: Bool

  package init(
    payer: Name, gateway: GatewayName, generation: Int, salt: KeySalt?, asked: Amount, charged: Amount = .zero, reference: String = "",
    reversal: Reversal? = nil, isSettledByHand: Bool = false
  ) {
    (self.payer, self.gateway, self.generation, self.salt, self.asked) = (payer, gateway, generation, salt, asked)
    (self.charged, self.reference, self.reversal, self.isSettledByHand) = (charged, reference, reversal, isSettledByHand)
  }

  /// The idempotency key the gateway is given for a payment: `ID-SALT`, and `ID-SALT-2`, `ID-SALT-3`, … from the second on.
  package func key(of id: MessageID) -> String {
    "\(id)" + (salt.map { "-\($0)" } ?? "") + (generation == 1 ? "" : "-\(generation)")
  }
}

extension ExternalPayment {
  func charged(_ reference: String) -> ExternalPayment {
    ExternalPayment(
      payer: payer, gateway: gateway, generation: generation, salt: salt, asked: asked, charged: asked, reference: reference)
  }

  func settled(byHand: Bool) -> ExternalPayment {
    ExternalPayment(
      payer: payer, gateway: gateway, generation: generation, salt: salt, asked: asked, charged: charged, reference: reference,
      reversal: reversal, isSettledByHand: byHand)
  }

  func reversing(_ reversal: Reversal) -> ExternalPayment {
    ExternalPayment(
      payer: payer, gateway: gateway, generation: generation, salt: salt, asked: asked, charged: charged, reference: reference,
      reversal: reversal)
  }
}
