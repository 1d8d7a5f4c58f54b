import CommandLineTool
import JSONText
import Ledger
import SharedKernel
import SystemCalls

/// A payment as it is answered.
struct MovedMoney {
  let id: MessageID
  /// The key as it was given; empty where the id is the key.
  let reference: String
  /// Nil where nothing is known of the payment.
  var account: Name?
  var amount: Amount?

  private var key: String { reference.isEmpty ? "\(id)" : reference }
  private var shownKey: String { reference.isEmpty ? "\(id)" : "'\(reference)'" }

  func json(_ state: Payment.State?, _ balance: Balance?) -> JSONValue {
    .record([
      ("id", .string(key)), ("account", account.map { .string($0.text) } ?? .null),
      ("amount", amount.map { .integer($0.units) } ?? .null), ("balance", balance.map { .integer($0.units) } ?? .null),
      ("state", .string(state?.rawValue ?? "unknown")),
    ])
  }

  /// What a person has to know when the answer cannot be written: what was done, and how it is not done twice.
  func unanswered(_ state: Payment.State?, _ why: Failure, _ currency: Currency) -> Failure {
    let (what, remedy): (String, String)
    switch (state, account, amount) {
    case (.toppedUp, let account?, let amount?):
      what = "\(currency.text(amount)) WAS credited to \(account) as \(shownKey)"
      remedy = "do not do it again, other than with '--id \(key)'"
    case (.charged, let account?, let amount?):
      what = "\(currency.text(amount)) WAS charged to \(account) as \(shownKey)"
      remedy = "do not do it again, other than with '--id \(key)'"
    case (.adjusted?, let account?, _), (.paidOut?, let account?, _), (.opened?, let account?, _), (.closed?, let account?, _),
      (.renamed?, let account?, _), (.reversed?, let account?, _):
      what = "what was asked for as \(shownKey) WAS done for \(account)"
      remedy = "do not do it again, other than with '--id \(key)'"
    case (let state?, let account?, let amount?):
      what =
        "the charge \(shownKey) of \(currency.text(amount)) WAS \(state.isGivenBack ? "given back to" : "answered before (\(state.rawValue)) for") \(account)"
      remedy = "asked for again, it is not done again"
    default:
      what = "there was no charge \(shownKey) to take back"
      remedy = "asked for again, it is answered so again"
    }
    return Failure(.inputOutput, "\(what), but \(why.message)", remedy: remedy)
  }
}

extension Payment.State {
  fileprivate var isGivenBack: Bool { self == .voided || self == .refunded }
}

extension PayCommand {
  /// `--json`: the payment and what became of it; nil for one that nothing is known of. Else `detail` with `-v`. The answer comes after the
  /// deed: where it cannot be written, also for want of a reader, the failure says what was done.
  func answer(_ money: MovedMoney, _ state: Payment.State?, _ balance: Balance?, detail: String) throws(Failure) {
    guard arguments.has(PayOptions.json) else { return tool.diagnostics.detail(detail) }
    ignoreBrokenPipes()
    do throws(Failure) {
      try tool.output.writeLine(money.json(state, balance).line)
      try tool.output.flush()
    } catch { throw money.unanswered(state, error, try currency()) }
  }

  func answer(_ payment: Payment, detail: String) throws(Failure) {
    let money = MovedMoney(id: payment.id, reference: payment.reference, account: payment.account, amount: payment.amount)
    try answer(money, payment.state, payment.balance, detail: detail)
  }
}
