import CommandLineTool
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// The commands that change an account other than by a charge. Each has a key, and is done once under it.
extension PayCommand {
  func open() throws(Failure) -> ExitStatus {
    let account = try account(try operands("ACCOUNT")[0])
    let request = try request(.opening, account, .zero)
    let spool = try spool(.writing)
    try noteNewAccount(account, spool)
    let answer = try ledger(spool, .writing).open(request)
    return try report(answer, of: request, as: .opened)
  }

  func close() throws(Failure) -> ExitStatus {
    let account = try account(try operands("ACCOUNT")[0])
    let request = try request(.closing, account, .zero)
    let answer = try ledger(try existingSpool(), .writing).close(request)
    return try report(answer, of: request, as: .closed)
  }

  func rename() throws(Failure) -> ExitStatus {
    let words = try operands("OLD", "NEW")
    let (account, name) = (try account(words[0]), try account(words[1]))
    if account == name { throw Failure(.usage, "OLD and NEW are the same name", remedy: "give the account's new name") }
    let request = try request(.transfer, account, .zero, content: name.text)
    let answer = try ledger(try existingSpool(), .writing).rename(request, to: name)
    return try report(answer, of: request, as: .renamed, shown: name)
  }

  func adjust() throws(Failure) -> ExitStatus {
    let arguments = try adjustment()
    guard arguments.operands.count == 2 else {
      throw Failure(.usage, "not ACCOUNT and AMOUNT", remedy: "write 'msg-pay adjust ACCOUNT -- -5 --memo TEXT', or +5")
    }
    let run = PayCommand(tool: tool, arguments: arguments)
    guard let sign = arguments.operands[1].first, sign == "+" || sign == "-" else {
      throw Failure(.usage, "'\(arguments.operands[1])' has no sign", remedy: "write +AMOUNT to add, -AMOUNT to take away")
    }
    let (account, amount) = (try account(arguments.operands[0]), try amount(String(arguments.operands[1].dropFirst())))
    let memo = try run.memo()
    if memo.isEmpty { throw Failure(.usage, "--memo is missing", remedy: "say why the balance is corrected") }
    let request = try run.request(.adjustment, account, amount, memo: memo, content: "\(sign)\(memo)")
    let answer = try run.ledger(try existingSpool(), .writing).adjust(request, isDeduction: sign == "-")
    return try run.report(answer, of: request, as: .adjusted)
  }

  /// The manual writes `adjust ACCOUNT -- -5 --memo TEXT`: behind `--` and the amount options may follow again.
  private func adjustment() throws(Failure) -> Arguments {
    guard arguments.operands.count > 2 else { return arguments }
    var merged = try PayOptions.table.parse(["adjust"] + arguments.operands.dropFirst(2))
    for operand in arguments.operands.prefix(2).reversed() { merged.prepend(operand: operand) }
    merged.add(missingFrom: arguments)
    return merged
  }

  func reverse() throws(Failure) -> ExitStatus {
    let text: String
    if let option = arguments.value(PayOptions.id) {
      _ = try operands()
      text = option
    } else {
      text = try operands("KEY")[0]
    }
    let key = try key(text)
    switch try ledger(try existingSpool(), .writing).reverseTopUp(key.id) {
    case .reversed(let payment): try answer(payment, detail: "\(payment.account) has \(try currency().text(payment.balance))")
    case .already(let payment): try answer(payment, detail: "\(payment.shownKey) was taken back before")
    case .requested, .unknown: throw Failure(.notFound, "'\(text)': no such top-up", remedy: "see 'msg-pay history'")
    }
    return .done
  }

  func payOut() throws(Failure) -> ExitStatus {
    let words = try operands("ACCOUNT", "AMOUNT")
    let request = try request(.payout, try account(words[0]), try amount(words[1]), memo: try memo())
    let answer = try ledger(try existingSpool(), .writing).payOut(request)
    return try report(answer, of: request, as: .paidOut)
  }
}

extension PayCommand {
  /// What is asked for, under the key of `--id` or a new one. `content` is what tells it from others besides account and amount.
  func request(_ kind: Posting.Kind, _ account: Name, _ amount: Amount, memo: String = "", content: String? = nil) throws(Failure)
    -> LedgerRequest
  {
    let given = try key()
    let id = if let given { given.id } else { try newID(account) }
    return LedgerRequest(
      id: id, account: account, amount: amount,
      fingerprint: .plain(kind, account, amount, memo: content ?? memo), reference: given?.reference ?? "", memo: memo)
  }

  /// Tells what became of a request: `shown` is the account whose balance the answer tells.
  func report(_ answer: MovementAnswer, of request: LedgerRequest, as state: Payment.State, shown: Name? = nil) throws(Failure)
    -> ExitStatus
  {
    let account = shown ?? request.account
    switch answer {
    case .recorded(let balance):
      let done = MovedMoney(id: request.id, reference: request.reference, account: request.account, amount: request.amount)
      try self.answer(done, state, balance, detail: "\(account) has \(try currency().text(balance))")
    case .already(let payment):
      try self.answer(
        payment, detail: "\(payment.shownKey) was done before; \(payment.account) had \(try currency().text(payment.balance)) then")
    case .conflict(let payment): throw try payment.isTombstone ? .spent(payment) : conflict(payment)
    case .refused(let why): throw try failure(why, request.account)
    case .declined(let balance): throw .tooLittle(request.account, balance: balance, wanted: request.amount, currency: try currency())
    }
    return .done
  }

  /// A refusal as it is told: with the account that a mistyped name may have meant.
  func failure(_ why: AccountRefusal, _ account: Name) throws(Failure) -> Failure {
    why.failure(account, near: why == .missing ? try accountNear(account, try spool(.reading)) : nil)
  }

  /// Says, before an account is opened, that its name may be a mistake for another's.
  func noteNewAccount(_ account: Name, _ spool: Spool) throws(Failure) {
    if let near = try accountNear(account, spool) { tool.diagnostics.note("'\(account)' is a new account: did you mean '\(near)'?") }
  }

  /// Nil where the name has an account.
  private func accountNear(_ name: Name, _ spool: Spool) throws(Failure) -> Name? {
    let accounts = try file(spool, .reading).snapshot().balances().keys
    return accounts.contains(name) ? nil : accounts.filter { name.isNear($0) }.min()
  }
}
