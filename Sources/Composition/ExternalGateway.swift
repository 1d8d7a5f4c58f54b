// A payment at a gateway outside, from the wish to the answer. What is durable is `Payments/ExternalRules`; here is what is done.
//
//   charge     leave to call · PEND durable · call · POST or DECL durable
//              no leave: nothing was recorded, nothing was charged. Certainly not asked: DECL, the next try takes the next key.
//              No answer, or one that says nothing: the payment is pending. What costs nothing is recorded and never called for.
//   resolve    of a pending one: the answer file of the last call; else `status`; else `charge` again under the same key, which
//              charges once. Only an answer to the key ends it.
//   reverse    REVQ durable · `void` until the gateway confirms it · VOID durable. A charge that comes in meanwhile is the
//              gateway's to take back: it knows the void.
//
// The caller holds the message's lock, and so does the supervisor of a call that outlives its caller: there is never more than
// one process at work on a payment, and at most one charge of a key under way beside its void.

internal import GatewayProcess
internal import GatewayStore
internal import Payments
internal import Sending
internal import SharedKernel
internal import SystemCalls

final class ExternalGateway {
  /// Microseconds to wait for a slot, however much time there is.
  private static let slotPatience: Int64 = 5_000_000

  private let definition: GatewayDefinition
  private let ledger: Ledger
  private let currency: String
  private let calls: GatewayCalls
  private let keeper: GatewayGuard
  private let deadline: Deadline
  /// What came of the wish to call.
  private enum Call {
    case made(GatewayAnswer)
    /// Certainly not, for a reason on this side: the gateway has no part in it.
    case failed(Failure)
  }

  /// The slot of a call that goes on without us: what has to be done about its payment needs no other.
  private var kept: (key: String, slot: GatewaySlots.Slot)?

  init(
    _ definition: GatewayDefinition, ledger: Ledger, currency: String, calls: GatewayCalls, keeper: GatewayGuard, deadline: Deadline
  ) {
    (self.definition, self.ledger, self.currency) = (definition, ledger, currency)
    (self.calls, self.keeper, self.deadline) = (calls, keeper, deadline)
  }

  private var name: GatewayName { definition.name }

  /// Whether it would be called now: not where its command is missing, nor while it is left alone.
  func availability() throws(Failure) -> PaymentAvailability {
    definition.command.program == nil ? .out(definition.command.missing(name)) : try keeper.availability()
  }

  /// Charges a payment that is not recorded yet.
  func charge(_ request: ChargeRequest) throws(Failure) -> ChargeStep {
    if request.amount == .zero { return try .known(ledger.intend(request, at: name, salt: ExternalGateway.salt()), request) }
    if definition.command.program == nil { throw definition.command.missing(name) }
    let permit = try permit(key: nil)
    let intent: IntentAnswer
    do throws(Failure) { intent = try ledger.intend(request, at: name, salt: try ExternalGateway.salt()) } catch {
      keeper.giveBack(permit)
      throw error
    }
    guard case .ask(let payment) = intent else {
      keeper.giveBack(permit)
      return try .known(intent, request)
    }
    switch call(.charge, payment, permit) {
    case .made(let answer): return .outcome(try conclude(payment, answer, isFirst: true))
    case .failed(let failure):
      let outcome = try record(payment, .notCharged, why: failure.happened)
      guard case .declined = outcome else { return .outcome(outcome) }
      throw failure
    }
  }

  /// Finds out what became of a pending payment.
  func resolve(_ payment: Payment) throws(Failure) -> ChargeOutcome {
    if payment.isFree { return try conclude(payment, .done(reference: ""), isFirst: false) }
    switch try calls.answerLeft(.charge, key: key(of: payment)) {
    case .done(let reference): return try conclude(payment, .done(reference: reference), isFirst: false)
    case .declined(let why): return try conclude(payment, .declined(why), isFirst: false)
    case .notAsked, .undecided, .doubtful, nil: break
    }
    var call = try callAgain(.status, payment)
    if case .made(.notAsked) = call { call = try callAgain(.charge, payment) }
    switch call {
    case .made(let answer): return try conclude(payment, answer, isFirst: false)
    case .failed(let failure): return .pending(failure)
    }
  }

  /// Has a recorded reversal confirmed; 75 as long as that fails.
  func reverse(_ payment: Payment) throws(Failure) -> Payment {
    if payment.isFree { return try reversed(payment) }
    let left = try calls.answerLeft(.void, key: key(of: payment))
    let call: Call =
      if case .done(let reference) = left { .made(.done(reference: reference)) } else {
        try callAgain(.void, payment)
      }
    var kind = Failure.Kind.temporary
    let why: String
    switch call {
    case .made(.done): return try reversed(payment)
    case .made(.declined(let reason)): why = "it refuses to\(reason.isEmpty ? "" : ": \(reason)")"
    case .made(.notAsked(let reason)), .made(.undecided(let reason)), .made(.doubtful(let reason)): why = reason
    case .failed(let failure): (kind, why) = (failure.kind, failure.happened)
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
      let reason = why.isEmpty ? "it declined the payment of \(payment.amount) \(currency) for \(payment.account)" : why
      return .declined(Failure(.notPermitted, "gateway \(name): \(reason)", remedy: "nothing was charged"), isFinal: true)
    default: return unknown(recorded, "the payment is \(recorded.state.rawValue)")
    }
  }

  /// What cannot be removed now is looked at by nobody, and goes with the strays.
  private func clearUp(_ payment: Payment) { _ = try? calls.forget(key: key(of: payment)) }

  private static func salt() throws(Failure) -> KeySalt {
    do throws(SystemError) { return KeySalt(random: try randomBytes(KeySalt.size)) } catch {
      throw Failure(.internalError, "\(error)", remedy: "nothing was charged")
    }
  }

  private func key(of payment: Payment) -> String { payment.external?.key(of: payment.id) ?? "\(payment.id)" }

  private func permit(key: String?) throws(Failure) -> GatewayPermit {
    guard deadline.remainingMicroseconds >= definition.timeout else {
      throw Failure(
        .temporary, "gateway \(name): a call may take \(definition.timeout / 1000) ms and less than that is left",
        remedy: "try again, with a longer --timeout")
    }
    let slot = kept.flatMap { $0.key == key ? $0.slot : nil }
    let latest = Deadline(nanoseconds: deadline.nanoseconds - definition.timeout * 1000)
    return try keeper.permit(slot: slot, until: min(latest, .after(microseconds: ExternalGateway.slotPatience)))
  }

  /// Calls about a payment that is recorded as asked for. No leave to call says nothing of that, so it is one more call that came to
  /// nothing, whatever a caller with nothing to lose is told then.
  private func callAgain(_ verb: GatewayVerb, _ payment: Payment) throws(Failure) -> Call {
    let permit: GatewayPermit
    do throws(Failure) { permit = try self.permit(key: key(of: payment)) } catch {
      guard error.kind == .temporary || error.kind == .unavailable else { throw error }
      return .made(.notAsked(error.happened))
    }
    return call(verb, payment, permit)
  }

  /// Calls, and calls again while that is harmless and makes sense: only what was certainly not asked for is repeated.
  private func call(_ verb: GatewayVerb, _ payment: Payment, _ first: GatewayPermit) -> Call {
    let subject = GatewayCalls.Subject(key: key(of: payment), amount: payment.amount, currency: currency, account: payment.account)
    var permit = first
    var repeats = 0
    while true {
      let started = Deadline.now
      let answer: GatewayAnswer?
      do throws(Failure) { answer = try calls.call(verb, subject) } catch {
        keeper.giveBack(permit)
        return .failed(error)
      }
      let elapsed = (Deadline.now.nanoseconds - started.nanoseconds) / 1000
      if case .notAsked(let why) = answer, verb == .status {
        // It may be down, or well and not know the key: that says nothing of its health. The call that follows will.
        keeper.giveBack(permit)
        return .made(.notAsked(why))
      }
      let isNotAsked = if case .notAsked = answer { true } else { false }
      let delay = keeper.report(answer, elapsed: elapsed, permit, repeats: repeats, wantsRepeat: isNotAsked && verb == .charge)
      guard let answer else {
        kept = (subject.key, permit.slot)
        return .made(.doubtful("no answer within \(definition.timeout / 1000) ms"))
      }
      guard let delay, deadline.remainingMicroseconds >= definition.timeout + delay else { return .made(answer) }
      sleep(microseconds: delay)
      // No leave for a repeat means that this was the answer.
      do throws(Failure) { permit = try self.permit(key: nil) } catch { return .made(answer) }
      repeats += 1
    }
  }
}
