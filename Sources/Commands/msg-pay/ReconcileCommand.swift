import CommandLineTool
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-pay reconcile FILE.csv`: a provider's list of charges against the book. 1 where they differ.
extension PayCommand {
  func reconcile() throws(Failure) -> ExitStatus {
    let path = try operands("FILE.csv")[0]
    let (since, until) = (try time(PayOptions.since), try time(PayOptions.until))
    let spool = try spool(.reading)
    let currency = spool.configuration.money
    let provider = try ProviderList(path: path, text: try text(of: path), currency).sums
    var reconciliation = Reconciliation()
    try file(spool, .reading).snapshot().forEachEntry(of: nil) { entry in
      reconciliation.add(entry)
      return true
    }
    let range = (since ?? Timestamp(microseconds: .min))..<(until ?? .latest)
    let differences = reconciliation.differences(provider, in: range)
    for difference in differences {
      try tool.output.writeLine(arguments.has(PayOptions.json) ? json(difference) : sentence(difference, currency))
    }
    if differences.isEmpty { tool.diagnostics.detail("\(provider.count) keys, and no difference") }
    return differences.isEmpty ? .done : .nothing
  }

  private func text(of path: String) throws(Failure) -> String {
    let bytes: [UInt8]?
    let (folder, name) = path.lastIndex(of: "/").map { (path[...$0], path[path.index(after: $0)...]) } ?? ("./", path[...])
    do throws(SystemError) { bytes = try Directory(opening: String(folder)).contents(of: String(name), limit: 256 << 20) } catch {
      throw Failure(.notFound, "\(path): \(error.code)", remedy: "name the provider's list, a regular file of at most 256 MiB")
    }
    guard let bytes else { throw Failure(.notFound, "\(path): no such file", remedy: "name the provider's list") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "\(path): not UTF-8", remedy: "give comma-separated values in UTF-8")
    }
    return text
  }

  private func sentence(_ difference: Reconciliation.Difference, _ currency: Currency) -> String {
    let key = TerminalText.visible(difference.key)
    let provider = difference.provider.map { "the provider has \(currency.text($0))" } ?? "the provider has nothing"
    guard let book = difference.book, let state = difference.state else { return "\(key): \(provider), the book does not know it" }
    return "\(key): \(provider), the book has \(currency.text(book)) (\(state.rawValue))"
  }

  private func json(_ difference: Reconciliation.Difference) -> String {
    JSONValue.record([
      ("key", .string(difference.key)), ("provider", difference.provider.map { .integer($0) } ?? .null),
      ("book", difference.book.map { .integer($0) } ?? .null), ("state", difference.state.map { .string($0.rawValue) } ?? .null),
    ]).line
  }
}

/// A provider's list: comma-separated values with the columns `key` and `amount`, by a heading or in that order. An amount may be negative:
/// what was given back. The sums by key.
private struct ProviderList {
  private(set) var sums: [String: Int64] = [:]

  init(path: String, text: String, _ currency: Currency) throws(Failure) {
    var (keyColumn, amountColumn) = (0, 1)
    var isFirst = true
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }).enumerated() {
      if line.allSatisfy({ $0 == " " }) { continue }
      let cells = BatchInput.cells(line)
      defer { isFirst = false }
      if isFirst, let key = cells.firstIndex(of: "key"), let amount = cells.firstIndex(of: "amount") {
        (keyColumn, amountColumn) = (key, amount)
        continue
      }
      let isLong = cells.count > max(keyColumn, amountColumn)
      let digits = isLong ? cells[amountColumn].split(separator: " ").joined() : ""
      guard isLong, !cells[keyColumn].isEmpty,
        let amount = currency.amount(digits.hasPrefix("-") ? String(digits.dropFirst()) : digits), amount.units <= Amount.largest,
        let sum = (sums[cells[keyColumn]] ?? 0).sum(digits.hasPrefix("-") ? -amount.units : amount.units)
      else {
        throw Failure(
          .badData, "\(path):\(index + 1): no key and amount", remedy: "write key,amount, with a heading where there are other columns")
      }
      sums[cells[keyColumn]] = sum
    }
  }
}

extension Int64 {
  /// Nil on overflow.
  fileprivate func sum(_ other: Int64) -> Int64? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }
}
