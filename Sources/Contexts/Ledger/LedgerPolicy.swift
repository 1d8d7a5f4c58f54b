package import SharedKernel

/// What a spool's operator decided about its accounts.
package struct LedgerPolicy {
  /// Whether the first send opens an account; else only `msg-pay open` and `topup --open` do.
  let opensAccounts: Bool
  /// How amounts are told.
  let currency: Currency
  /// Asked for once a charge.
  private let readRules: () throws(Failure) -> (limits: [Limit], allowances: [Name: Allowance])
  /// Days and months are those of the clock on the wall.
  let zone: LocalTime
  let clock: any Clock

  package init(
    opensAccounts: Bool, currency: Currency, zone: LocalTime, clock: any Clock,
    rules: @escaping () throws(Failure) -> (limits: [Limit], allowances: [Name: Allowance])
  ) {
    self.currency = currency
    (self.opensAccounts, self.zone, self.clock, readRules) = (opensAccounts, zone, clock, rules)
  }

  /// Every sender may have an account, and nothing is limited.
  package static var open: LedgerPolicy {
    LedgerPolicy(opensAccounts: true, currency: Currency("credit"), zone: .utc, clock: NoClock()) { () throws(Failure) in ([], [:]) }
  }

  func limits() throws(Failure) -> Limits {
    let rules = try readRules()
    return Limits(rules.limits, allowances: rules.allowances, currency: currency, zone: zone, clock: clock)
  }
}

/// For a policy without limits, which asks for no time.
private final class NoClock: Clock { func now() -> Timestamp { Timestamp(seconds: 0) } }
