internal import CommandLineTool
package import LedgerStore
package import Ledger
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The ledger's files as a spool's configuration sets them. `deadline` bounds every wait for another process.
package func ledgerFile(of spool: Spool, purpose: LedgerPurpose, deadline: Deadline) throws(Failure) -> LedgerFile {
  ledgerFile(of: spool, try MoneySettings(spool.configuration), purpose: purpose, deadline: deadline)
}

private func ledgerFile(of spool: Spool, _ settings: MoneySettings, purpose: LedgerPurpose, deadline: Deadline) -> LedgerFile {
  LedgerFile(root: spool.root, settings: settings.ledger, clock: SystemClock(), purpose: purpose, wait: .until(deadline))
}

/// The prepaid accounts of a spool.
package func prepaidLedger(of spool: Spool, purpose: LedgerPurpose, deadline: Deadline) throws(Failure) -> GeneralLedger {
  let settings = try MoneySettings(spool.configuration)
  let file = ledgerFile(of: spool, settings, purpose: purpose, deadline: deadline)
  let policy = LedgerPolicy(
    opensAccounts: settings.opensAccounts, currency: spool.configuration.money, zone: .system, clock: SystemClock()
  ) {
    () throws(Failure) in (try limits(of: spool), try allowances(of: spool))
  }
  return GeneralLedger(book: file, openingCredit: settings.openingCredit, policy: policy)
}

/// What the spool's `limits` say; 78 for a line that cannot be read.
package func limits(of spool: Spool) throws(Failure) -> [Limit] {
  var limits: [Limit] = []
  for line in try LimitLine.read(in: spool.root) {
    guard let unit = Limit.Unit(rawValue: line.unit), let period = Period(rawValue: line.period),
      let most = unit == .credit ? spool.configuration.money.amount(line.number) : Amount(positive: line.number)
    else {
      throw Failure(.configuration, "\(line.place): invalid number '\(line.number)'", remedy: "write \(LimitLine.form)")
    }
    limits.append(Limit(line.isOfSender ? .sender(line.name) : .account(line.name), most: most.units, unit, per: period))
  }
  return limits
}

/// What the spool's `allowances` say; 78 for a line that cannot be read.
package func allowances(of spool: Spool) throws(Failure) -> [Name: Allowance] {
  var allowances: [Name: Allowance] = [:]
  for line in try AllowanceLine.read(in: spool.root) {
    let currency = spool.configuration.money
    let most = currency.amount(line.rollover)
    let rollover: Allowance.Rollover? =
      line.rollover == "yes" ? .all : line.rollover == "no" ? Allowance.Rollover.none : most.map { .most($0) }
    guard let amount = currency.amount(line.amount), amount.units <= Amount.largest, let period = Period(rawValue: line.period),
      let rollover
    else { throw Failure(.configuration, "\(line.place): invalid amount", remedy: "write \(AllowanceLine.form)") }
    allowances[line.account] = Allowance(account: line.account, amount: amount, every: period, rollover: rollover)
  }
  return allowances
}
