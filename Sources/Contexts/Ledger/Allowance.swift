package import SharedKernel

/// Credit that an account is given in each day, week or month in which it is used.
package struct Allowance: Hashable, Sendable {
  /// What becomes of what is left of it when the next one is given.
  package enum Rollover: Hashable, Sendable {
    /// It lapses.
    case none
    /// It stays.
    case all
    /// So much of it stays, and the rest lapses.
    case most(Amount)
  }

  package let account: Name
  package let amount: Amount
  /// Not an hour.
  package let period: Period
  package let rollover: Rollover

  package init(account: Name, amount: Amount, every period: Period, rollover: Rollover) {
    (self.account, self.amount, self.period, self.rollover) = (account, amount, period, rollover)
  }
}
