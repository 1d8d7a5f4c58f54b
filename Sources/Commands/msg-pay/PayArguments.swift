import Assembly
import CommandLineTool
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// Operands and option values, read and refused.
extension PayCommand {
  /// The operands, as many as the command takes.
  func operands(_ names: String...) throws(Failure) -> [String] {
    let given = arguments.operands
    let usage = (["msg-pay", arguments.command?.name ?? ""] + names).joined(separator: " ")
    if given.count < names.count {
      throw Failure(.usage, "\(names[given.count]) is missing", remedy: "write '\(usage)'")
    }
    if given.count > names.count { throw Failure(.usage, "'\(given[names.count])' is one too many", remedy: "write '\(usage)'") }
    return given
  }

  /// The only operand, where it may be left out.
  func optionalOperand(_ name: String) throws(Failure) -> String? {
    let given = arguments.operands
    if given.count > 1 { throw Failure(.usage, "'\(given[1])' is one too many", remedy: "give one \(name) or none") }
    return given.first
  }

  func account(_ text: String) throws(Failure) -> Name {
    guard let name = try arguments.named(text) else {
      throw Failure(
        .usage, "'\(text)' is no account", remedy: "a name has 1 to 64 of A-Z a-z 0-9 . _ + - and begins with a letter, digit or +")
    }
    return name
  }

  func amount(_ text: String) throws(Failure) -> Amount {
    let currency = try currency()
    guard let amount = currency.amount(text), amount > .zero, amount.units <= Amount.largest else {
      throw Failure(
        .usage, "invalid amount '\(text)'",
        remedy: "give \(currency.form) from \(currency.text(Int64(1))) to \(currency.text(Amount.largest))")
    }
    return amount
  }

  /// What the amounts of the command line are counted in.
  func currency() throws(Failure) -> Currency {
    if let currency = known.currency { return currency }
    let currency = try SpoolPreview(path: spoolLocation(option: arguments.value(CommonOptions.spool))).currency
    known.currency = currency
    return currency
  }

  /// The key in `--id`, which the command cannot do without.
  func requiredKey() throws(Failure) -> PaymentKey {
    guard let key = try key() else {
      let usage = "msg-pay \(arguments.command?.name ?? "") ... --id KEY"
      throw Failure(.usage, "--id is missing", remedy: "write '\(usage)'; the same key is never charged twice")
    }
    return key
  }

  func key() throws(Failure) -> PaymentKey? {
    guard let text = arguments.value(PayOptions.id) else { return nil }
    return try key(text)
  }

  func key(_ text: String) throws(Failure) -> PaymentKey {
    guard let key = PaymentKey(text) else {
      throw Failure(.usage, "invalid key '\(text)'", remedy: "give 1 to \(PaymentKey.maximumLength) bytes without control characters")
    }
    return key
  }

  func memo() throws(Failure) -> String {
    let memo = arguments.value(PayOptions.memo) ?? ""
    guard Memo.isPlain(memo) else {
      throw Failure(.usage, "the memo has control characters", remedy: "give one line of plain text")
    }
    if !canRecord(memo: memo) { throw Failure(.badData, "the memo is too long", remedy: "shorten it to 17 Hangul or 157 ASCII characters") }
    return memo
  }

  func time(_ option: Option) throws(Failure) -> Timestamp? {
    try arguments.time(option, now: SystemClock().now())
  }
}
