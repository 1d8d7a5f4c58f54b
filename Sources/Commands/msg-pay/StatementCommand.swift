import CommandLineTool
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// `msg-pay statement ACCOUNT --month 2026-11`: what an account had, its movements by day, what it has.
extension PayCommand {
  func statement() throws(Failure) -> ExitStatus {
    let account = try account(try operands("ACCOUNT")[0])
    guard let text = arguments.value(PayOptions.month) else {
      throw Failure(.usage, "--month is missing", remedy: "write 'msg-pay statement \(account) --month 2026-11'")
    }
    guard let first = month(text) else {
      throw Failure(.usage, "--month '\(text)': no month", remedy: "write it as 2026-11")
    }
    let spool = try spool(.reading)
    guard try ledger(spool, .reading).balance(of: account) != nil else { throw try failure(.missing, account) }
    let range = Period.month.range(of: LocalTime.system.midnight(first), .system)
    var statement = Statement(of: account, in: range, .system)
    try file(spool, .reading).snapshot().forEachEntry(of: account) { entry in statement.add(entry) }
    let money = spool.configuration.money
    var rows = [["date", "kind", "count", "amount", "balance"], [text + "-01", "opening balance", "", "", money.text(statement.opening)]]
    rows += statement.lines.map { line in
      [line.date, line.kind, "\(line.count)", money.text(line.amount), line.balance.map { money.text($0) } ?? ""]
    }
    rows.append([LocalTime.system.day(range.upperBound.adding(.seconds(-1))), "closing balance", "", "", money.text(statement.closing)])
    if arguments.has(PayOptions.json) {
      try show(statement, account, text, money)
    } else if arguments.has(PayOptions.csv) {
      for row in rows { try tool.output.writeLine(row.joined(separator: ",")) }
    } else {
      try tool.output.writeLine("Statement of \(account) for \(text), in \(TerminalText.visible(money.name))")
      for line in StatementTable.lines(rows) { try tool.output.writeLine(line) }
    }
    return .done
  }

  private func show(_ statement: Statement, _ account: Name, _ month: String, _ money: Currency) throws(Failure) {
    let lines = statement.lines.map { line in
      JSONValue.record([
        ("date", .string(line.date)), ("kind", .string(line.kind)), ("count", .integer(Int64(line.count))),
        ("amount", .integer(line.amount.units)), ("balance", line.balance.map { .integer($0.units) } ?? .null),
      ])
    }
    try tool.output.writeLine(
      JSONValue.record([
        ("account", .string(account.text)), ("month", .string(month)), ("currency", .string(money.name)),
        ("decimals", .integer(Int64(money.decimals))), ("opening", .integer(statement.opening.units)), ("movements", .array(lines)),
        ("closing", .integer(statement.closing.units)),
      ]).line)
  }

  private func month(_ text: String) -> CivilTime? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2, let year = Int(parts[0]), let month = Int(parts[1]) else {
      return nil
    }
    return CivilTime(year: year, month: month, day: 1)
  }
}

/// Rows with their numbers to the right.
private enum StatementTable {
  static func lines(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].utf8.count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].utf8.count)
        return column < 2 ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
    }
  }
}
