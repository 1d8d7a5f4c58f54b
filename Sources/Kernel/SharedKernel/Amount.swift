/// A quantity of the currency's smallest unit, never negative. Which way it moves is said by the accounts, not by a sign.
package struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible {
  package static let zero = Amount(checked: 0)

  /// The largest amount that a person or a configuration may name: more than messages can cost, and far enough from
  /// the end of 64 bits that sums do not reach it.
  package static let largest: Int64 = 1_000_000_000_000_000

  package let units: Int64

  /// Nil for a negative number.
  package init?(units: Int64) {
    guard units >= 0 else { return nil }
    self.units = units
  }

  /// The nearest amount: zero for a negative number.
  package init(clamping units: Int64) { self.units = max(0, units) }

  private init(checked units: Int64) { self.units = units }

  /// Reads a positive whole number as a person types it: digits alone, no sign, no spaces; nil for anything else, 0 included.
  package init?(positive text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let units = Int64(text), units > 0 else { return nil }
    self.units = units
  }

  /// The amount taken `count` times; nil when that overflows or `count` is negative.
  package func times(_ count: Int) -> Amount? {
    let (product, overflow) = units.multipliedReportingOverflow(by: Int64(count))
    return overflow ? nil : Amount(units: product)
  }

  package var description: String { String(units) }

  package static func < (left: Amount, right: Amount) -> Bool { left.units < right.units }
}
