import Assembly
import CommandLineTool
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-pay allow ACCOUNT AMOUNT --every month`: credit that an account is given in each period in which it is used. 0 ends it.
extension PayCommand {
  func allow() throws(Failure) -> ExitStatus {
    if arguments.operands.isEmpty { return try listAllowances() }
    let words = try operands("ACCOUNT", "AMOUNT")
    let account = try account(words[0])
    let isEnd = words[1] == "0"
    let amount = isEnd ? .zero : try self.amount(words[1])
    let period = arguments.value(PayOptions.every)
    guard isEnd || period.map(AllowanceLine.periods.contains) == true else {
      throw Failure(.usage, period.map { "--every '\($0)': no such period" } ?? "--every is missing", remedy: "day, week or month")
    }
    let rollover = arguments.value(PayOptions.rollover) ?? "no"
    if rollover != "no", rollover != "yes" { _ = try self.amount(rollover) }
    let spool = try existingSpool()
    guard let state = try ledger(spool, .reading).state(of: account) else { throw try failure(.missing, account) }
    // That of a closed account can still be ended.
    if !isEnd, let closing = state.closing { throw AccountRefusal.closed(closing).failure(account) }
    _ = try allowances(of: spool)
    let line =
      isEnd
      ? nil
      : AllowanceLine(account: account, amount: spool.configuration.money.text(amount), period: period ?? "", rollover: rollover)
    try AllowanceLine.set(line, of: account, in: spool.root, wait: .until(.after(PayCommand.patience)))
    if let line { tool.diagnostics.detail("allowed: \(line.text)") }
    return .done
  }

  private func listAllowances() throws(Failure) -> ExitStatus {
    let spool = try spool(.reading)
    let lines = try AllowanceLine.read(in: spool.root)
    let known = try allowances(of: spool)
    for line in lines {
      guard let allowance = known[line.account] else { continue }
      let text =
        arguments.has(PayOptions.json)
        ? JSONValue.record([
          ("account", .string(line.account.text)), ("amount", .integer(allowance.amount.units)), ("every", .string(line.period)),
          ("rollover", .string(line.rollover)),
        ]).line : line.text
      try tool.output.writeLine(text)
    }
    return lines.isEmpty ? .nothing : .done
  }
}
