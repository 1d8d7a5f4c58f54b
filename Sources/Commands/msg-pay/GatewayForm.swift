import Assembly
import CommandLineTool
import Gateways
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// `msg-pay gateway charge|status|void KEY AMOUNT CURRENCY ACCOUNT`: this spool's accounts as the bank of another spool, by the
/// contract of `gateway = exec`. Keys are final here: see `FinalKeyRules`.
extension PayCommand {
  private static let usage = "msg-pay gateway charge|status|void KEY AMOUNT CURRENCY ACCOUNT"

  func gateway() throws(Failure) -> ExitStatus {
    let words = arguments.operands
    if words.first == "test" { return try testGateway() }
    guard words.count == 5 else { throw Failure(.usage, "\(words.count) words, not five", remedy: "write '\(PayCommand.usage)'") }
    guard let verb = GatewayVerb(rawValue: words[0]) else {
      throw Failure(.usage, "'\(words[0])' is nothing a gateway is asked for", remedy: "write '\(PayCommand.usage)'")
    }
    let (key, account) = (try key(words[1]), try account(words[4]))
    guard let amount = Amount(positive: words[2]) else {
      throw Failure(.usage, "invalid amount '\(words[2])'", remedy: "give a positive whole number")
    }
    let request = LedgerRequest(
      id: key.id, account: account, amount: amount, fingerprint: .plain(.charge, account, amount, memo: ""), reference: key.reference)
    let reference: MessageID
    do throws(Failure) { reference = try answer(verb, request, currency: words[3]) } catch {
      throw PayCommand.asAnswer(error)
    }
    try tool.output.writeLine("ok \(reference)")
    return .done
  }

  private func answer(_ verb: GatewayVerb, _ request: LedgerRequest, currency: String) throws(Failure) -> MessageID {
    let spool = try Spool.open(
      at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: verb == .status ? .reading : .writing)
    guard currency == spool.configuration.money.name else {
      throw Failure(
        .configuration, "\(currency) was asked for and the accounts here are in \(spool.configuration.money.name)",
        remedy: "set the same 'currency' in both spools")
    }
    switch verb {
    case .charge: try charge(request, try ledger(spool, .writing), spool.configuration.money)
    case .status: try status(request, try ledger(spool, .reading))
    case .void: try void(request, try ledger(spool, .writing))
    }
    return request.id
  }

  private func charge(_ request: LedgerRequest, _ ledger: GeneralLedger, _ currency: Currency) throws(Failure) {
    switch try ledger.chargeFinally(request) {
    case .charged: return
    case .already(let payment):
      if payment.state != .charged { throw Declined(reason: "\(payment.shownKey) was \(payment.state.rawValue)").failure }
    case .conflict(let payment): throw try conflict(payment)
    case .spent(let payment): throw Declined(reason: "\(payment.shownKey) was \(payment.state.rawValue) before, and keys are final").failure
    case .refused(let why): throw Declined(reason: why.declined(request.account).message).failure
    case .limited(let reached): throw Declined(reason: reached.failure.description).failure
    case .declined(let balance):
      throw Declined(
        reason:
          "no credit: \(request.account) has \(currency.text(balance)) \(currency.name) and this costs \(currency.text(request.amount))"
      ).failure
    }
  }

  private func status(_ request: LedgerRequest, _ ledger: GeneralLedger) throws(Failure) {
    guard let payment = try ledger.payment(of: request.id) else {
      throw Failure(.unavailable, "the key '\(arguments.operands[1])' is not known here")
    }
    guard payment.isOf(request) else { throw try conflict(payment) }
    if payment.state != .charged { throw Declined(reason: "\(payment.shownKey) was \(payment.state.rawValue)").failure }
  }

  private func void(_ request: LedgerRequest, _ ledger: GeneralLedger) throws(Failure) {
    if case .conflict(let payment) = try ledger.voidFinally(request) { throw try conflict(payment) }
  }

  /// A refusal of the bank, told apart from a folder that may not be opened.
  private struct Declined {
    static let remedy = "nothing is charged under this key"
    let reason: String
    var failure: Failure { Failure(.notPermitted, reason, remedy: Declined.remedy) }
  }

  /// A failure as the contract has it. Where certainly nothing was done it says so (69); what may have been recorded is left in doubt.
  private static func asAnswer(_ failure: Failure) -> Failure {
    switch failure.kind {
    case .notPermitted where failure.remedy == Declined.remedy: failure
    case .notPermitted, .notFound, .configuration, .temporary, .cannotCreate:
      Failure(.unavailable, failure.message, remedy: failure.remedy)
    default: failure
    }
  }
}
