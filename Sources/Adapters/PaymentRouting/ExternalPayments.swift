// A payment at a gateway outside, from the wish to the answer. What is durable is `Contexts/Ledger/ExternalRules`; here is what is done.
//
//   charge     permit      · PEND durable · call · POST or DECL durable
//              no leave: nothing was recorded, nothing was charged. Certainly not asked: DECL, the next try takes the next key.
//              No answer, or one that says nothing: the payment is pending. What costs nothing is recorded and never called for.
//   resolve    of a pending one: the answer file of the last call; else `status`; else `charge` again under the same key, which
//              charges once. Only an answer to the key ends it.
//   reverse    REVQ durable · `void` until the gateway confirms it · VOID durable. A charge that comes in meanwhile is the
//              gateway's to take back: it knows the void.

internal import Gateways
internal import Ledger
internal import Sending
internal import SharedKernel
internal import SystemCalls

/// The payments at one gateway outside.
final class ExternalPayments {
  private let gateway: any Gateway
  private let ledger: GeneralLedger
  private let currency: Currency

  init(_ gateway: any Gateway, ledger: GeneralLedger, currency: Currency) {
    (self.gateway, self.ledger, self.currency) = (gateway, ledger, currency)
  }

  private var name: GatewayName { gateway.name }

  func availability() throws(Failure) -> PaymentAvailability {
    switch try gateway.availability() {
    case .usable: .usable
    case .onTrial: .onTrial
    case .out(let why): .out(why)
    }
  }

  func reserve(waits: Bool) throws(Failure) { try gateway.reserve(waits: waits) }
  func release() { gateway.release() }

  /// Charges a payment that is not recorded yet.
  func charge(_ request: LedgerRequest) throws(Failure) -> ChargeStep {
    if request.amount == .zero { return try .known(ledger.intend(request, at: name, salt: ExternalPayments.salt()), request) }
    let permit = try gateway.permit()
    let intent: IntentAnswer
    do throws(Failure) { intent = try ledger.intend(request, at: name, salt: try ExternalPayments.salt()) } catch {
      gateway.giveBack(permit)
      throw error
    }
    guard case .ask(let payment) = intent else {
      gateway.giveBack(permit)
      return try .known(intent, request)
    }
    switch gateway.call(.charge, gatewayRequest(payment), permit) {
    case .answered(let answer): return .outcome(try conclude(payment, answer, isFirst: true))
    case .notMade(let failure):
      let outcome = try record(payment, .notCharged, why: failure.message)
      guard case .declined = outcome else { return .outcome(outcome) }
      throw failure
    }
  }

  /// Finds out what became of a pending payment.
  func resolve(_ payment: Payment) throws(Failure) -> ChargeOutcome {
    if payment.isFree { return try conclude(payment, .done(reference: ""), isFirst: false) }
    switch try gateway.recordedAnswer(.charge, key: key(of: payment)) {
    case .done(let reference): return try conclude(payment, .done(reference: reference), isFirst: false)
    case .declined(let why): return try conclude(payment, .declined(why), isFirst: false)
    case .notAsked, .undecided, .doubtful, nil: break
    }
    var call = try gateway.callAgain(.status, gatewayRequest(payment))
    if case .answered(.notAsked) = call { call = try gateway.callAgain(.charge, gatewayRequest(payment)) }
    switch call {
    case .answered(let answer): return try conclude(payment, answer, isFirst: false)
    case .notMade(let failure): return .pending(failure)
    }
  }

  /// Has a recorded reversal confirmed; 75 as long as that fails.
  func reverse(_ payment: Payment) throws(Failure) -> Payment {
    if payment.isFree { return try reversed(payment) }
    let left = try gateway.recordedAnswer(.void, key: key(of: payment))
    let call: GatewayCallResult =
      if case .done(let reference) = left { .answered(.done(reference: reference)) } else {
        try gateway.callAgain(.void, gatewayRequest(payment))
      }
    var kind = Failure.Kind.temporary
    let why: String
    switch call {
    case .answered(.done): return try reversed(payment)
    case .answered(.declined(let reason)): why = "it refuses to\(reason.isEmpty ? "" : ": \(reason)")"
    case .answered(.notAsked(let reason)), .answered(.undecided(let reason)), .answered(.doubtful(let reason)): why = reason
    case .notMade(let failure): (kind, why) = (failure.kind, failure.message)
    }
    throw Failure(
      kind, "gateway \(name) has not confirmed that payment \(payment.shownKey) is given back (\(why))",
      remedy: "it is asked again; see 'msg-pay doubt'")
  }

  private func reversed(_ payment: Payment) throws(Failure) -> Payment {
    let reversed = try ledger.confirmReversal(payment)
    clearUp(payment)
    return reversed
  }

  private func conclude(_ payment: Payment, _ answer: GatewayAnswer, isFirst: Bool) throws(Failure) -> ChargeOutcome {
    switch answer {
    case .done(let reference): return try record(payment, .charged(reference: reference), why: "")
    case .declined(let why): return try record(payment, .notCharged, why: why)
    case .notAsked(let why) where isFirst:
      let outcome = try record(payment, .notCharged, why: why)
      guard case .declined = outcome else { return outcome }
      throw Failure(.temporary, "gateway \(name): \(why)", remedy: "nothing was charged; try again")
    case .notAsked(let why), .undecided(let why), .doubtful(let why): return unknown(payment, why)
    }
  }

  private func unknown(_ payment: Payment, _ why: String) -> ChargeOutcome {
    .pending(
      Failure(
        .temporary, "gateway \(name): it is not known whether it charged for \(payment.shownKey) (\(why))", remedy: "it is asked again"))
  }

  /// Records an answer, and says what the book has then: a person may have settled the payment meanwhile. Where the ledger cannot take
  /// it now the payment stays pending, and the answer can be had again.
  private func record(_ payment: Payment, _ conclusion: Conclusion, why: String) throws(Failure) -> ChargeOutcome {
    let recorded: Payment
    do throws(Failure) { recorded = try ledger.conclude(payment, conclusion) } catch {
      guard error.kind == .temporary else { throw error }
      return .pending(error)
    }
    if !recorded.isOpen { clearUp(payment) }
    switch recorded.state {
    case .charged: return .paid(balance: nil)
    case .declined:
      let reason = why.isEmpty ? "it declined the payment of \(currency.text(payment.amount)) \(currency.name) for \(payment.account)" : why
      return .declined(Failure(.notPermitted, "gateway \(name): \(reason)", remedy: "nothing was charged"), isFinal: true)
    default: return unknown(recorded, "the payment is \(recorded.state.rawValue)")
    }
  }

  /// What cannot be removed now is ignored, and is removed with the strays.
  private func clearUp(_ payment: Payment) { _ = try? gateway.forget(key: key(of: payment)) }

  private static func salt() throws(Failure) -> KeySalt {
    do throws(SystemError) { return KeySalt(random: try randomBytes(KeySalt.size)) } catch {
      throw Failure(.internalError, "\(error)", remedy: "nothing was charged")
    }
  }

  private func key(of payment: Payment) -> String { payment.external?.key(of: payment.id) ?? "\(payment.id)" }

  private func gatewayRequest(_ payment: Payment) -> GatewayRequest {
    GatewayRequest(key: key(of: payment), amount: payment.amount, currency: currency.name, account: payment.account)
  }
}
