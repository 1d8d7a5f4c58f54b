import Assembly
import CommandLineTool
import GatewayClient
import JSONText
import Ledger
import LedgerStore
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls

/// The commands that ask what an account has, what a payment is, and what a message would cost.
extension PayCommand {
  func balance() throws(Failure) -> ExitStatus {
    if let text = try optionalOperand("ACCOUNT") {
      let account = try account(text)
      let spool = try spool(.reading)
      try noteWhereTheMoneyIs(spool)
      guard let balance = try ledger(spool, .reading).balance(of: account) else {
        if let payer = try Payers.read(in: spool.root).accounts(of: account).first {
          throw Failure(.notFound, "\(account) has no account: \(payer) pays for \(account)", remedy: "see 'msg-pay balance \(payer)'")
        }
        throw try failure(.missing, account)
      }
      try tool.output.writeLine(
        arguments.has(PayOptions.json)
          ? json(account, balance, spool, try Payers.read(in: spool.root)) : spool.configuration.money.text(balance))
      return .done
    }
    let spool = try spool(.reading)
    try noteWhereTheMoneyIs(spool)
    let balances = try file(spool, .reading).snapshot().balances()
    let payers = try Payers.read(in: spool.root)
    let currency = spool.configuration.money
    var table = TextTable([.left, .left, .left], width: tool.output.columns)
    for (account, balance) in balances.sorted(by: { $0.key < $1.key }) {
      if arguments.has(PayOptions.json) {
        try tool.output.writeLine(json(account, balance, spool, payers))
      } else {
        let senders = payers.senders(of: account).map { $0.text }.joined(separator: ", ")
        table.add(["\(account)", currency.text(balance), senders.isEmpty ? "" : "pays for \(senders)"])
      }
    }
    for line in table.lines { try tool.output.writeLine(line) }
    return .done
  }

  /// A note that messages are not paid from this balance.
  private func noteWhereTheMoneyIs(_ spool: Spool) throws(Failure) {
    guard let gateway = try activeGateway(spool.configuration) else { return }
    tool.diagnostics.note("messages are paid at gateway \(gateway), which keeps the accounts; these here are not charged for them")
  }

  private func json(_ account: Name, _ balance: Balance, _ spool: Spool, _ payers: Payers) -> String {
    let senders = payers.senders(of: account)
    return JSONValue.record([
      ("account", .string(account.text)), ("balance", .integer(balance.units)),
      ("currency", .string(spool.configuration.money.name)),
      ("pays_for", senders.isEmpty ? nil : .array(senders.map { .string($0.text) })),
    ]).line
  }

  func status() throws(Failure) -> ExitStatus {
    _ = try operands()
    let key = try requiredKey()
    guard let payment = try ledger(try spool(.reading), .reading).payment(of: key.id) else {
      throw Failure(.notFound, "'\(arguments.value(PayOptions.id) ?? "")': no such payment", remedy: "see 'msg-pay history'")
    }
    if arguments.has(PayOptions.json) {
      let shown = payment.reference.isEmpty ? "\(payment.id)" : payment.reference
      try tool.output.writeLine(
        JSONValue.record([
          ("id", .string(shown)), ("state", .string(payment.state.rawValue)), ("account", .string(payment.account.text)),
          ("amount", .integer(payment.amount.units)), ("balance", .integer(payment.balance.units)), ("time", .string(payment.time.rfc3339)),
        ]).line)
    } else {
      try tool.output.writeLine(
        "\(payment.state.rawValue) \(payment.account) \(try currency().text(payment.amount)) \(LocalTime.system.second(payment.time))")
    }
    return .done
  }

  func quote() throws(Failure) -> ExitStatus {
    let text = try quotedText()
    if Draft.isEmpty(text) { throw Failure(.badData, "the text is empty", remedy: "give a text: an empty one is not sent") }
    // What it would cost in a spool that is still to be made is what the defaults say.
    let configuration = try SpoolPreview(path: spoolLocation(option: arguments.value(CommonOptions.spool))).configuration
    let subject = arguments.value(PayOptions.subject) ?? ""
    let quote = try tariff(configuration).quote(subject: subject, text: text)
    let currency = configuration.money
    if arguments.has(PayOptions.json) {
      try tool.output.writeLine(
        JSONValue.record([
          ("price", .integer(quote.price.units)), ("currency", .string(currency.name)),
          ("bytes", .integer(Int64(quote.subjectBytes + quote.textBytes))), ("class", quote.tariffClass.map { .string($0.name) }),
          ("reason", .string(quote.reason)),
        ]).line)
    } else {
      try tool.output.writeLine("\(currency.text(quote.price)) \(currency.name) (\(quote.reason))")
    }
    return .done
  }

  private func quotedText() throws(Failure) -> [UInt8] {
    let words = arguments.operands
    guard words.isEmpty || words == ["-"] else { return Array(words.joined(separator: " ").utf8) }
    let bytes: [UInt8]?
    do throws(SystemError) {
      bytes = try FileDescriptor(owning: 0, path: "standard input").readToEnd(limit: 64 << 20)
    } catch {
      throw Failure(storage: error)
    }
    guard let bytes else { throw Failure(.badData, "the text is longer than 64 MiB", remedy: "no message is that long") }
    if String(validating: bytes, as: UTF8.self) == nil {
      throw Failure(.badData, "the text is not valid UTF-8", remedy: "give it in UTF-8")
    }
    return bytes
  }
}
