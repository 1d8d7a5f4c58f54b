import CommandLineTool
import JSONText
import Payments
import SharedKernel

/// A payment as it is answered.
struct MovedMoney {
  let id: MessageID
  /// The key as it was given; empty where the id is the key.
  let reference: String
  /// Nil where nothing is known of the payment.
  var account: Name?
  var amount: Amount?
}

extension PayCommand {
  /// `--json`: the payment and what became of it; nil for one that nothing is known of. Else `detail` with `-v`.
  func answer(_ money: MovedMoney, _ state: Payment.State?, _ balance: Int64?, detail: String) throws(Failure) {
    guard arguments.has(PayOptions.json) else { return tool.diagnostics.detail(detail) }
    try tool.output.writeLine(
      JSONValue.record([
        ("id", .string(money.reference.isEmpty ? "\(money.id)" : money.reference)),
        ("account", money.account.map { .string($0.text) } ?? .null), ("amount", money.amount.map { .integer($0.units) } ?? .null),
        ("balance", balance.map { .integer($0) } ?? .null), ("state", .string(state?.rawValue ?? "unknown")),
      ]).line)
  }

  func answer(_ payment: Payment, detail: String) throws(Failure) {
    let money = MovedMoney(id: payment.id, reference: payment.reference, account: payment.account, amount: payment.amount)
    try answer(money, payment.state, payment.balance, detail: detail)
  }
}
