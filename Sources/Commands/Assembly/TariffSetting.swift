package import Ledger
package import SharedKernel
package import SpoolLayout

/// The tariff that a configuration sets: `tariff`, else the flat `price`.
package func tariff(_ configuration: Configuration) throws(Failure) -> Tariff {
  guard configuration.sets(.tariff) else {
    return Tariff(flat: try amount(.price, configuration))
  }
  do throws(Tariff.Malformed) { return try Tariff(parsing: configuration.text(.tariff), in: configuration.money) } catch {
    throw configuration.failure(.tariff, error.complaint)
  }
}

/// A setting that is an amount of the currency.
func amount(_ setting: Setting, _ configuration: Configuration) throws(Failure) -> Amount {
  guard let amount = configuration.money.amount(configuration.text(setting)), amount.units <= Amount.largest else {
    throw configuration.failure(setting, "not \(configuration.money.form) from 0 to \(configuration.money.text(Amount.largest))")
  }
  return amount
}
