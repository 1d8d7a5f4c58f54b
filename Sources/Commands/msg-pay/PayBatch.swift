import CommandLineTool
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-pay topup --batch` and `charge --batch`: a request a line on standard input, an answer a line on standard output, in the same order.
/// Many lines share one append. Each has a key, so that a batch that was cut off is simply given again.
struct PayBatch {
  /// Lines that are recorded together.
  private static let group = 256

  enum Verb { case topUp, charge }

  private let command: PayCommand
  private let verb: Verb
  private let currency: Currency
  private var tool: Tool { command.tool }

  init(_ command: PayCommand, _ verb: Verb) throws(Failure) {
    (self.command, self.verb) = (command, verb)
    for option in [PayOptions.id, PayOptions.memo] { try command.arguments.refuse(PayOptions.batch, with: option) }
    if let word = command.arguments.operands.first {
      throw Failure(.usage, "'\(word)' and --batch", remedy: "write accounts and amounts on standard input, a request a line")
    }
    currency = try command.currency()
  }

  func run() throws(Failure) -> ExitStatus {
    let text = try input()
    let lines = BatchInput(currency: currency).lines(text)
    let spool = try verb == .topUp && command.arguments.has(PayOptions.open) ? command.spool(.writing) : command.existingSpool()
    let ledger = try command.ledger(spool, .writing)
    var worst = ExitStatus.done
    for start in stride(from: 0, to: lines.count, by: PayBatch.group) {
      let group = lines[start..<min(lines.count, start + PayBatch.group)]
      let status = try answer(Array(group), ledger)
      if status.code > worst.code { worst = status }
    }
    return worst
  }

  private func input() throws(Failure) -> String {
    let bytes: [UInt8]?
    do throws(SystemError) { bytes = try FileDescriptor(owning: 0, path: "standard input").readToEnd(limit: 256 << 20) } catch {
      throw Failure(storage: error)
    }
    guard let bytes else { throw Failure(.badData, "more than 256 MiB on standard input", remedy: "give it in parts") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "standard input is not valid UTF-8", remedy: "give it in UTF-8")
    }
    return text
  }

  /// The lines of one append: nothing is told of them before it is durable.
  private func answer(_ lines: [BatchInput.Line], _ ledger: GeneralLedger) throws(Failure) -> ExitStatus {
    let requests = lines.compactMap { try? $0.request.get() }.map { request($0) }
    var answers = try recorded(requests, ledger)[...]
    var worst = ExitStatus.done
    for line in lines {
      var (value, failure): (JSONValue?, Failure?) = (nil, nil)
      switch line.request {
      case .failure(let wrong): failure = wrong
      case .success:
        do throws(Failure) { value = try answers.removeFirst().get() } catch { failure = error }
      }
      if let failure {
        worst = ExitStatus(failure.kind).code > worst.code ? ExitStatus(failure.kind) : worst
        value = .record([
          ("id", .string(line.key)), ("account", .string(line.account)), ("state", "failed"), ("error", .string(failure.description)),
        ])
      }
      guard case .object(let members) = value else { continue }
      try tool.output.writeLine(JSONValue.object([JSONValue.Member("line", .integer(Int64(line.number)))] + members).line)
    }
    do throws(Failure) { try tool.output.flush() } catch {
      throw Failure(
        .inputOutput, "lines \(lines.first?.number ?? 0) to \(lines.last?.number ?? 0) were handled, but \(error.message)",
        remedy: "give the same lines again: none is done twice")
    }
    return worst
  }

  private func request(_ line: BatchInput.Request) -> LedgerRequest {
    let kind: Posting.Kind = verb == .topUp ? .topUp : .charge
    return LedgerRequest(
      id: line.key.id, account: line.account, amount: line.amount,
      fingerprint: .plain(kind, line.account, line.amount, memo: line.memo), reference: line.key.reference, memo: line.memo)
  }

  private func recorded(_ requests: [LedgerRequest], _ ledger: GeneralLedger) throws(Failure) -> [Result<JSONValue, Failure>] {
    if requests.isEmpty { return [] }
    switch verb {
    case .topUp:
      let answers = try ledger.topUp(requests, opensAccounts: command.arguments.has(PayOptions.open))
      return zip(requests, answers).map { request, answer in
        Result { () throws(Failure) in try command.value(of: answer.get(), request) }
      }
    case .charge:
      let answers = try ledger.chargeUnlessVoided(requests)
      return zip(requests, answers).map { request, answer in
        Result { () throws(Failure) in try command.value(of: answer.get(), request, currency) }
      }
    }
  }
}

extension PayCommand {
  private func done(_ request: LedgerRequest) -> MovedMoney {
    MovedMoney(id: request.id, reference: request.reference, account: request.account, amount: request.amount)
  }

  fileprivate func value(of answer: MovementAnswer, _ request: LedgerRequest) throws(Failure) -> JSONValue {
    switch answer {
    case .recorded(let balance): return done(request).json(.toppedUp, balance)
    case .already(let payment): return done(request).json(payment.state, payment.balance)
    case .conflict(let payment): throw try payment.isTombstone ? .spent(payment) : conflict(payment)
    case .refused(let why): throw why.failure(request.account)
    case .declined(let balance): throw .tooLittle(request.account, balance: balance, wanted: request.amount, currency: try currency())
    }
  }

  fileprivate func value(of answer: ChargeAnswer, _ request: LedgerRequest, _ currency: Currency) throws(Failure) -> JSONValue {
    switch answer {
    case .charged(let balance): return done(request).json(.charged, balance)
    case .already(let payment): return done(request).json(payment.state, payment.balance)
    case .conflict(let payment): throw try payment.isTombstone ? .spent(payment) : conflict(payment)
    case .spent(let payment): throw .spent(payment)
    case .refused(let why): throw why.declined(request.account)
    case .limited(let reached): throw reached.failure
    case .declined(let balance):
      throw .noCredit(account: request.account, balance: balance, price: request.amount, currency: currency)
    }
  }
}
