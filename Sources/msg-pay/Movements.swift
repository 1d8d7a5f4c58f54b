import CommandLineTool
import LedgerStore
import Payments
import SharedKernel
import SpoolDirectory
import SystemCalls

/// The commands that move money. Success is silent; `-v` says the balance.
extension PayCommand {
  func topUp() throws(Failure) -> ExitStatus {
    let words = try operands("ACCOUNT", "AMOUNT")
    let (account, amount, memo) = (try account(words[0]), try amount(words[1]), try memo())
    let given = try key()
    let id = if let given { given.id } else { try newID(account) }
    let spool = try spool(.writing)
    let request = TopUpRequest(
      id: id, account: account, amount: amount, fingerprint: fingerprint("topup", account, amount),
      reference: given?.reference ?? "", memo: memo)
    switch try ledger(spool, .writing).topUp(request) {
    case .credited(let balance): tool.diagnostics.detail("\(account) has \(balance)")
    case .already(let payment): tool.diagnostics.detail("\(payment.shownKey) was credited before; \(account) had \(payment.balance) then")
    case .conflict(let payment): throw conflict(payment)
    }
    return .done
  }

  func charge() throws(Failure) -> ExitStatus {
    let words = try operands("ACCOUNT", "AMOUNT")
    let (account, amount, key, memo) = (try account(words[0]), try amount(words[1]), try requiredKey(), try memo())
    let spool = try spool(.writing)
    let request = ChargeRequest(
      id: key.id, account: account, amount: amount, fingerprint: fingerprint("charge", account, amount), reference: key.reference,
      memo: memo)
    switch try ledger(spool, .writing).charge(request) {
    case .charged(let balance): tool.diagnostics.detail("\(account) has \(balance)")
    case .already(let payment): tool.diagnostics.detail("\(payment.shownKey) was charged before; \(account) had \(payment.balance) then")
    case .conflict(let payment): throw conflict(payment)
    case .declined(let balance):
      throw .noCredit(account: account, balance: balance, price: amount, currency: spool.configuration.text(.currency))
    }
    return .done
  }

  func void() throws(Failure) -> ExitStatus {
    _ = try operands()
    let key = try requiredKey()
    switch try ledger(try spool(.writing), .writing).void(key.id) {
    case .reversed(let payment): tool.diagnostics.detail("\(payment.account) has \(payment.balance)")
    case .already: tool.diagnostics.detail("it had been given back before")
    case .unknown: tool.diagnostics.detail("there was nothing to take back")
    }
    return .done
  }

  func refund() throws(Failure) -> ExitStatus {
    let text = try operands("ID")[0]
    switch try ledger(try spool(.reading), .writing).refund(try key(text).id) {
    case .reversed(let payment): tool.diagnostics.detail("\(payment.account) has \(payment.balance)")
    case .already(let payment):
      tool.diagnostics.detail("\(payment.shownKey) was refunded before; \(payment.account) had \(payment.balance) then")
    case .unknown: throw Failure(.notFound, "'\(text)': no such charge", remedy: "see 'msg-pay history'")
    }
    return .done
  }

  /// Recognises the same request under the same key.
  private func fingerprint(_ verb: String, _ account: Name, _ amount: Amount) -> Fingerprint {
    Fingerprint(of: [verb, account.text, amount.description].map { Array($0.utf8) })
  }

  private func newID(_ account: Name) throws(Failure) -> MessageID {
    do throws(SystemError) {
      return MessageID(sender: account, at: Timestamp(microseconds: wallClockMicroseconds()), random: try randomBytes(6))
    } catch {
      throw Failure(error)
    }
  }

  private func conflict(_ payment: Payment) -> Failure {
    let what = payment.state == .toppedUp ? "a top-up of" : "a charge of"
    return Failure(
      .badData, "\(payment.shownKey) is the key of another request: \(what) \(payment.amount) for \(payment.account)",
      remedy: "nothing was done; use another key")
  }
}
