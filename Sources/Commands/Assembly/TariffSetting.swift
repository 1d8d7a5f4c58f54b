package import Ledger
package import SharedKernel
package import SpoolLayout

/// The tariff that a configuration sets: `tariff`, else the flat `price`.
package func tariff(_ configuration: Configuration) throws(Failure) -> Tariff {
  guard configuration.sets(.tariff) else {
    return Tariff(flat: try amount(.price, configuration))
  }
  do throws(Tariff.Malformed) { return try Tariff(parsing: configuration.text(.tariff)) } catch {
    throw configuration.failure(.tariff, error.complaint)
  }
}

/// A setting that is an amount of the currency.
package func amount(_ setting: Setting, _ configuration: Configuration) throws(Failure) -> Amount {
  let units = try configuration.integer(setting, in: 0...Amount.largest)
  guard let amount = Amount(units: units) else { throw configuration.failure(setting, "no amount") }
  return amount
}
