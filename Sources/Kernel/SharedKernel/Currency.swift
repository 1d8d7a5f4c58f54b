/// What amounts are counted in, and how they are written: as whole numbers of the smallest unit in every file and in JSON, with decimals
/// where people read and type them.
package struct Currency: Hashable, Sendable {
  package static let largestDecimals = 4

  package let name: String
  /// 0 to 4: a `USD` of 2 decimals has 100 smallest units.
  package let decimals: Int

  /// Decimals outside 0 to 4 are taken for the nearest.
  package init(_ name: String, decimals: Int = 0) { (self.name, self.decimals) = (name, min(max(decimals, 0), Currency.largestDecimals)) }

  private var factor: Int64 { [1, 10, 100, 1000, 10_000][decimals] }

  /// `-1.50`: with all decimals, without the name.
  package func text(_ units: Int64) -> String {
    if decimals == 0 { return String(units) }
    let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: UInt64(factor))
    return "\(units < 0 ? "-" : "")\(whole).\(padded(Int(rest), decimals))"
  }

  package func text(_ amount: Amount) -> String { text(amount.units) }
  package func text(_ balance: Balance) -> String { text(balance.units) }

  /// Reads an amount as people write it: digits, and behind a point as many as there are decimals at most; nil for anything else.
  package func amount(_ text: some StringProtocol) -> Amount? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let whole = Int64(parts[0])
    else { return nil }
    let digits = parts.count == 2 ? String(parts[1]) : ""
    guard digits.utf8.count <= decimals, let rest = Int64("0" + digits + String(repeating: "0", count: decimals - digits.utf8.count))
    else { return nil }
    let (units, overflow) = whole.multipliedReportingOverflow(by: factor)
    let (sum, tooMuch) = units.addingReportingOverflow(rest)
    return overflow || tooMuch ? nil : Amount(units: sum)
  }

  /// What an amount looks like, for error messages.
  package var form: String { decimals == 0 ? "a whole number" : "a number with at most \(decimals) decimals" }
}
