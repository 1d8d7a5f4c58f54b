internal import Ledger
internal import Sending
internal import SharedKernel

/// The embedded prepaid ledger as a place to pay at.
struct PrepaidGateway {
  private let ledger: GeneralLedger
  private let currency: Currency

  init(ledger: GeneralLedger, currency: Currency) { (self.ledger, self.currency) = (ledger, currency) }

  func charge(_ request: LedgerRequest) throws(Failure) -> ChargeStep { try step(request, try ledger.charge(request)) }

  /// Charges several, each for itself, with one append and one fdatasync.
  func charge(_ requests: [LedgerRequest]) throws(Failure) -> [Result<ChargeStep, Failure>] {
    zip(requests, try ledger.charge(requests)).map { request, answer in
      Result { () throws(Failure) in try step(request, answer.get()) }
    }
  }

  /// Why it would be declined now: no credit, counting what an account is opened with, a limit, or an account that does not pay.
  func preflight(_ request: LedgerRequest) throws(Failure) -> ChargeObstacle? {
    switch try ledger.preview(request) {
    case .charged, .already, .conflict, .spent: nil
    case .declined(let balance):
      .credit(.noCredit(account: request.account, balance: balance, price: request.amount, currency: currency))
    case .refused(let why): .final(why.declined(request.account))
    case .limited(let reached): ChargeObstacle(reached)
    }
  }

  private func step(_ request: LedgerRequest, _ answer: ChargeAnswer) throws(Failure) -> ChargeStep {
    switch answer {
    case .charged(let balance): return .outcome(.paid(balance: balance))
    case .already(let payment): return payment.isOpen ? .open(payment) : .outcome(.paid(balance: payment.payerBalance))
    case .conflict(let payment): throw .idTaken(request.id, by: payment)
    case .spent(let payment): return .outcome(.declined(.spent(payment), isFinal: true))
    case .refused(let why): return .outcome(.declined(why.declined(request.account), isFinal: true))
    case .limited(let reached): return .outcome(.declined(reached.failure, isFinal: reached.isForEver))
    case .declined(let balance):
      let why = Failure.noCredit(account: request.account, balance: balance, price: request.amount, currency: currency)
      return .outcome(.declined(why, isFinal: false))
    }
  }
}

extension ChargeObstacle {
  init(_ reached: ReachedLimit) { self = reached.isForEver ? .final(reached.failure) : .limit(reached.failure) }
}
