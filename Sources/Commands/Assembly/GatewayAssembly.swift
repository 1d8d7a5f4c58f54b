package import GatewayClient
internal import Gateways
package import Ledger
package import PaymentRouting
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// What all processes know of a gateway's health.
package func gatewayHealth(
  of spool: Spool, _ name: GatewayName, slots: Int, announce: @escaping (String) -> Void
) -> GatewayHealthFile {
  GatewayHealthFile(
    root: spool.root, gateway: name, slots: slots, clock: SystemClock(),
    announce: announce)
}

/// Removes what the calls of a payment left, once a person has said what became of it.
package func forgetCalls(of payment: Payment, in spool: Spool) throws(Failure) {
  guard let external = payment.external else { return }
  try GatewayCalls.forget(key: external.key(of: payment.id), in: spool.root)
}

/// Where a spool's payments can go. `announce` is given what a person should see at once.
package func payments(
  of spool: Spool, ledger: GeneralLedger, deadline: Deadline, announce: @escaping (String) -> Void
) throws(Failure) -> SpoolPayments {
  SpoolPayments(
    ledger: ledger, refunds: RefundMarks(in: spool, deadline: deadline), currency: spool.configuration.money,
    activeGateway: try activeGateway(spool.configuration)
  ) { name throws(Failure) in
    guard let definition = try GatewayDefinition(name, spool.configuration) else {
      throw Failure(
        .temporary, "gateway \(name) is not in the spool's config any more, and a payment there is open",
        remedy: "set gateway.\(name) again, or see 'msg-pay doubt'")
    }
    return CommandGateway(definition, in: spool, clock: SystemClock(), deadline: deadline, announce: announce)
  }
}
