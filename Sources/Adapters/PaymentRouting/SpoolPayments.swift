package import Gateways
package import MessageFormat
package import Ledger
package import Sending
package import SharedKernel

/// What an attempt to charge came to.
enum ChargeStep {
  case outcome(ChargeOutcome)
  /// It was asked for before at a gateway, and its outcome is open.
  case open(Payment)
}

extension ChargeStep {
  /// What is recorded of a payment that is not asked for anew.
  static func known(_ intent: IntentAnswer, _ request: LedgerRequest) throws(Failure) -> ChargeStep {
    switch intent {
    case .ask(let payment), .open(let payment): return .open(payment)
    case .already(let payment): return .outcome(.paid(balance: payment.payerBalance))
    case .conflict(let payment): throw .idTaken(request.id, by: payment)
    case .limited(let reached): return .outcome(.declined(reached.failure, isFinal: reached.isForEver))
    }
  }
}

/// All that sending's payments can go to: the embedded ledger, and the gateways outside. New payments go where the configuration
/// says; one whose outcome is open goes back to the gateway that was asked.
package final class SpoolPayments: MessagePayments, ChargePlanning, PaymentRecovery {
  private let ledger: GeneralLedger
  private let refunds: any PendingRefunds
  private let currency: Currency
  private let prepaid: PrepaidGateway
  /// Where new payments go; nil for the embedded ledger.
  private let activeGateway: GatewayName?
  private let makeGateway: (GatewayName) throws(Failure) -> any Gateway
  private var gateways: [(name: GatewayName, payments: ExternalPayments)] = []

  /// `activeGateway` is where new payments go, nil for the embedded ledger; `makeGateway` opens a gateway by its name.
  package init(
    ledger: GeneralLedger, refunds: any PendingRefunds, currency: Currency, activeGateway: GatewayName?,
    makeGateway: @escaping (GatewayName) throws(Failure) -> any Gateway
  ) {
    (self.ledger, self.refunds, self.currency, self.activeGateway, self.makeGateway) = (
      ledger, refunds, currency, activeGateway, makeGateway
    )
    prepaid = PrepaidGateway(ledger: ledger, currency: currency)
  }

  package func state(of id: MessageID) throws(Failure) -> PaymentState {
    guard let payment = try ledger.payment(of: id) else { return .unpaid }
    let accepted = MessageMemo.time(payment.memo)
    return switch payment.state {
    case .charged:
      .paid(fingerprint: payment.fingerprint, balance: payment.payerBalance, accepted: accepted)
    case .pending: .pending(fingerprint: payment.fingerprint, accepted: accepted)
    // A refund under way is of a message that was delivered; anything else is still to be called off.
    case .reversing where payment.external?.reversal == .refund: .refunded(fingerprint: payment.fingerprint)
    case .reversing: .pending(fingerprint: payment.fingerprint, accepted: accepted)
    case .refunded: .refunded(fingerprint: payment.fingerprint)
    case .voided, .declined, .toppedUp, .reversed, .adjusted, .paidOut, .opened, .closed, .renamed: .unpaid
    }
  }

  package func availability() throws(Failure) -> PaymentAvailability {
    guard let activeGateway else { return .usable }
    return try gateway(activeGateway).availability()
  }

  package func reserve(waits: Bool) throws(Failure) {
    if let activeGateway { try gateway(activeGateway).reserve(waits: waits) }
  }

  package func release() { for gateway in gateways { gateway.payments.release() } }

  package func preflight(_ envelope: Envelope) throws(Failure) -> ChargeObstacle? {
    // Only the gateway knows what an account has there.
    if activeGateway != nil { return try ledger.reachedLimit(LedgerRequest(envelope)).map { ChargeObstacle($0) } }
    return try prepaid.preflight(LedgerRequest(envelope))
  }

  package func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome {
    let request = LedgerRequest(envelope)
    // A reversal that is confirmed on the way frees the id for one more attempt.
    if let outcome = try outcome(try step(request)) { return outcome }
    if let outcome = try outcome(try step(request)) { return outcome }
    throw Failure(.temporary, "message \(envelope.id): its earlier payment is being given back", remedy: "try again")
  }

  package func charge(_ envelopes: [Envelope]) -> [Result<ChargeOutcome, Failure>] {
    if activeGateway != nil { return envelopes.map { envelope in Result { () throws(Failure) in try charge(envelope) } } }
    do throws(Failure) {
      var requests: [LedgerRequest] = []
      for envelope in envelopes { requests.append(LedgerRequest(envelope)) }
      return zip(envelopes, try prepaid.charge(requests)).map { envelope, step in
        Result { () throws(Failure) in
          if let outcome = try outcome(try step.get()) { return outcome }
          return try charge(envelope)
        }
      }
    } catch { return envelopes.map { _ in .failure(error) } }
  }

  private func step(_ request: LedgerRequest) throws(Failure) -> ChargeStep {
    if let activeGateway { try gateway(activeGateway).charge(request) } else { try prepaid.charge(request) }
  }

  /// What a step comes to; nil where it ended an earlier payment and the charge is to be tried again.
  private func outcome(_ step: ChargeStep) throws(Failure) -> ChargeOutcome? {
    switch step {
    case .outcome(let outcome): return outcome
    case .open(let payment) where payment.state == .pending: return try gateway(of: payment).resolve(payment)
    case .open(let payment):
      _ = try gateway(of: payment).reverse(payment)
      return nil
    }
  }

  package func reverse(_ id: MessageID) throws(Failure) {
    if case .requested(let payment) = try ledger.void(id) { _ = try gateway(of: payment).reverse(payment) }
  }

  /// Gives the charge of a delivered message back. What its gateway does not confirm now it is asked for by a later command.
  package func refund(_ id: MessageID) throws(Failure) -> ReversalAnswer {
    guard try ledger.payment(of: id)?.external != nil else { return try ledger.refund(id) }
    let mark = try refunds.begin(id)
    let answer: ReversalAnswer
    do throws(Failure) { answer = try ledger.refund(id) } catch {
      // Nothing was decided, unless that is not known.
      if error.kind != .inputOutput { try mark.remove() }
      throw error
    }
    guard case .requested(let payment) = answer else {
      try mark.remove()
      return answer
    }
    let reversed = try gateway(of: payment).reverse(payment)
    try mark.remove()
    return .reversed(reversed)
  }

  package func recover(limit: Int, while mayGoOn: () -> Bool) -> [Failure] {
    var notes: [Failure] = []
    do throws(Failure) {
      for id in try refunds.ids(limit: limit) where mayGoOn() {
        guard let mark = try refunds.takeOver(id) else { continue }
        if let payment = try ledger.payment(of: id), payment.state == .reversing {
          do throws(Failure) { _ = try gateway(of: payment).reverse(payment) } catch {
            notes.append(error)
            continue
          }
        }
        try mark.remove()
      }
    } catch { notes.append(error) }
    return notes
  }

  private func gateway(of payment: Payment) throws(Failure) -> ExternalPayments {
    guard let external = payment.external else { throw Failure(.internalError, "\(payment.shownKey): open, and at no gateway") }
    return try gateway(external.gateway)
  }

  private func gateway(_ name: GatewayName) throws(Failure) -> ExternalPayments {
    if let known = gateways.first(where: { $0.name == name }) { return known.payments }
    let made = ExternalPayments(try makeGateway(name), ledger: ledger, currency: currency)
    gateways.append((name, made))
    return made
  }
}

extension LedgerRequest {
  /// What a message asks for.
  init(_ envelope: Envelope) {
    self.init(
      id: envelope.id, account: envelope.payer, amount: envelope.price, fingerprint: envelope.fingerprint,
      memo: MessageMemo(
        accepted: envelope.date, sender: envelope.payer == envelope.sender ? nil : envelope.sender, recipients: envelope.recipients,
        tariffClass: envelope.tariffClass, key: envelope.key
      ).text, sender: envelope.sender, copies: envelope.recipients.count)
  }
}

extension Payment {
  /// The payer's balance after it; nil where the payer's account is kept at a gateway.
  var payerBalance: Balance? { external == nil ? balance : nil }
}

extension Failure {
  static func idTaken(_ id: MessageID, by payment: Payment) -> Failure {
    Failure(.badData, "message \(id): the ledger has the id for another payment of \(payment.account)", remedy: "take a new key")
  }
}
