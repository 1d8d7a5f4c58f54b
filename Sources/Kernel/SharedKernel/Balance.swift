/// What an account has, or gains by a posting, in the currency's smallest unit; negative for what it owes or loses.
package struct Balance: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  package let units: Int64

  package init(units: Int64) { self.units = units }
  package init(integerLiteral units: Int64) { self.units = units }
  package init(_ amount: Amount) { units = amount.units }

  /// The sum, and the difference; nil where 64 bits do not hold it.
  package func adding(_ change: Balance) -> Balance? {
    let (sum, overflow) = units.addingReportingOverflow(change.units)
    return overflow ? nil : Balance(units: sum)
  }

  package func subtracting(_ change: Balance) -> Balance? {
    let (difference, overflow) = units.subtractingReportingOverflow(change.units)
    return overflow ? nil : Balance(units: difference)
  }

  /// What is left when an amount is paid of it; nil where it is not enough.
  package func paying(_ amount: Amount) -> Balance? { covers(amount) ? subtracting(Balance(amount)) : nil }

  /// Whether it is enough to pay an amount.
  package func covers(_ amount: Amount) -> Bool { units >= amount.units }

  /// The same on the other side of the book, or the nearest number that 64 bits hold.
  package static prefix func - (balance: Balance) -> Balance { Balance(units: balance.units == .min ? .max : -balance.units) }

  package static func < (left: Balance, right: Balance) -> Bool { left.units < right.units }

  package var description: String { String(units) }
}
