internal import LedgerStore
internal import SharedKernel
internal import SpoolLayout

/// What the configuration says about accounts and the ledger.
struct MoneySettings {
  let ledger: LedgerSettings
  /// Whether the first send of a sender opens an account.
  let opensAccounts: Bool
  let openingCredit: Amount
  /// The balance below which a sender is warned.
  let lowCredit: Amount

  /// 78 for a value that is malformed or out of range.
  init(_ configuration: Configuration) throws(Failure) {
    ledger = LedgerSettings(
      segmentSize: Int(try configuration.integer(.ledgerSegmentSize, in: 4096...1 << 36)), currency: configuration.money)
    opensAccounts = try configuration.opensAccounts()
    openingCredit = try amount(.openingCredit, configuration)
    lowCredit = try amount(.lowCredit, configuration)
  }
}
