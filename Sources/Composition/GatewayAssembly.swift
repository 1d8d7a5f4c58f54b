internal import GatewayProcess
package import GatewayStore
package import Payments
package import SharedKernel
package import SpoolDirectory
package import SystemCalls

/// What all processes know of a gateway's health.
package func gatewayHealth(
  of spool: Spool, _ name: GatewayName, slots: Int, announce: @escaping (String) -> Void
) -> GatewayHealthFile {
  GatewayHealthFile(
    root: spool.root, directoryMode: spool.directoryMode, fileMode: spool.fileMode, gateway: name, slots: slots, clock: SystemClock(),
    announce: announce)
}

/// Removes what the calls of a payment left, once a person has said what became of it.
package func forgetCalls(of payment: Payment, in spool: Spool) throws(Failure) {
  guard let external = payment.external else { return }
  try GatewayCalls.forget(key: external.key(of: payment.id), in: spool.root)
}

/// Where a spool's payments can go. `announce` is given what a person should see at once.
package func payments(
  of spool: Spool, ledger: Ledger, deadline: Deadline, announce: @escaping (String) -> Void
) throws(Failure) -> SpoolPayments {
  let currency = spool.configuration.text(.currency)
  let refunds = RefundMarks(root: spool.root, directoryMode: spool.directoryMode, fileMode: spool.fileMode)
  return SpoolPayments(
    ledger: ledger, refunds: refunds, currency: currency, inForce: try gatewayInForce(spool.configuration), deadline: deadline
  ) { name throws(Failure) in
    guard let definition = try GatewayDefinition(name, spool.configuration) else {
      throw Failure(
        .temporary, "gateway \(name) is not in the spool's config any more, and a payment there is open",
        remedy: "set gateway.\(name) again, or see 'msg-pay doubt'")
    }
    let health = gatewayHealth(of: spool, name, slots: definition.slots, announce: announce)
    let slots = GatewaySlots(
      root: spool.root, directoryMode: spool.directoryMode, fileMode: spool.fileMode, gateway: name, maximum: definition.slots,
      health: health)
    let log = GatewayEventLog(root: spool.root, directoryMode: spool.directoryMode, fileMode: spool.fileMode)
    let calls = GatewayCalls(
      root: spool.root, directoryMode: spool.directoryMode, fileMode: spool.fileMode, gateway: name, command: definition.command,
      limits: GatewayCalls.Limits(patience: definition.timeout, lifetime: definition.lifetime))
    let keeper = GatewayGuard(definition, health: health, slots: slots, log: log, announce: announce)
    return ExternalGateway(definition, ledger: ledger, currency: currency, calls: calls, keeper: keeper, deadline: deadline)
  }
}
