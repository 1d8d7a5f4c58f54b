import Assembly
import CommandLineTool
import Gateways
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// Payments with an unknown outcome, and what a person found out about one.
extension PayCommand {
  func doubt() throws(Failure) -> ExitStatus {
    _ = try operands()
    let payments = try file(try spool(.reading), .reading).snapshot().openPayments()
    var table = TextTable([.left, .left, .left, .left, .right, .left], width: tool.output.columns)
    for payment in payments {
      guard let external = payment.external else { continue }
      let key = external.key(of: payment.id)
      if arguments.has(PayOptions.json) {
        try tool.output.writeLine(
          JSONValue.record([
            ("id", .string("\(payment.id)")), ("state", .string(payment.state.rawValue)), ("since", .string(payment.time.rfc3339)),
            ("gateway", .string(external.gateway.text)), ("key", .string(key)), ("account", .string(payment.account.text)),
            ("amount", .integer(payment.amount.units)), ("ref", external.reference.isEmpty ? nil : .string(external.reference)),
          ]).line)
      } else {
        table.add([
          LocalTime.system.second(payment.time), payment.state.rawValue, "\(external.gateway)", "\(payment.account)",
          try currency().text(payment.amount), key,
        ])
      }
    }
    for line in table.lines { try tool.output.writeLine(line) }
    return payments.isEmpty ? .nothing : .done
  }

  func settle() throws(Failure) -> ExitStatus {
    let text = try operands("ID")[0]
    try arguments.refuse(PayOptions.charged, with: PayOptions.notCharged)
    let reference = arguments.value(PayOptions.charged)
    guard reference != nil || arguments.has(PayOptions.notCharged) else {
      throw Failure(.usage, "neither --charged REF nor --not-charged", remedy: "look the payment up at its gateway and say which")
    }
    if let reference, !GatewayAttempt.isReference(reference) {
      throw Failure(
        .usage, "--charged '\(reference)': no reference",
        remedy: "give the gateway's own: 1 to \(GatewayAttempt.longestReference) visible ASCII characters")
    }
    // The id, or the key that the list shows and the gateway knows the payment by.
    let (id, gatewayKey) =
      if text.utf8.count > 26, let id = MessageID(text.prefix(26)) { (id, text as String?) } else { (try key(text).id, nil) }
    // Not `spool(.writing)`: that would ask the gateway first, and here a person knows better.
    _ = try spool(.reading)
    let spool = try Spool.open(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: .writing)
    let services = try services(spool)
    let ledger = services.ledger
    guard let payment = try ledger.payment(of: id), let external = payment.external,
      gatewayKey ?? external.key(of: id) == external.key(of: id)
    else {
      throw Failure(.notFound, "'\(text)': no such payment at a gateway", remedy: "see 'msg-pay doubt'")
    }
    let settled: Payment
    var notes: [Failure] = []
    if reference == nil {
      settled = try ended(payment, reference, ledger)
    } else {
      (settled, notes) = try services.settle(id) { () throws(Failure) in try ended(payment, reference, ledger) }
    }
    try forgetCalls(of: settled, in: spool)
    tool.diagnostics.detail("payment \(settled.shownKey) is \(settled.state.rawValue)")
    for note in notes { tool.diagnostics.report(note) }
    for note in recoverLeftovers(of: spool, .payer, announce: tool.diagnostics.note) { tool.diagnostics.detail(note.description) }
    return .done
  }

  private func ended(_ payment: Payment, _ reference: String?, _ ledger: GeneralLedger) throws(Failure) -> Payment {
    switch (payment.state, reference) {
    case (.pending, let reference?): return try ledger.conclude(payment, .charged(reference: reference), byHand: true)
    case (.pending, nil): return try ledger.conclude(payment, .notCharged, byHand: true)
    case (.reversing, nil): return try ledger.confirmReversal(payment, byHand: true)
    case (.reversing, .some):
      throw Failure(
        .badData, "payment \(payment.shownKey) is to be given back, and what it was for is not delivered any more",
        remedy: "give it back at the gateway, then 'msg-pay settle \(payment.id) --not-charged'")
    case (.charged, .some), (.voided, nil), (.declined, nil), (.refunded, nil): return payment
    default:
      throw Failure(.badData, "payment \(payment.shownKey) is \(payment.state.rawValue) already", remedy: "there is nothing to settle")
    }
  }
}
