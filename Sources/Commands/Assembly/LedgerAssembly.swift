package import LedgerStore
package import Ledger
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The ledger's files as a spool's configuration sets them. `deadline` bounds every wait for another process.
package func ledgerFile(of spool: Spool, purpose: LedgerPurpose, deadline: Deadline) throws(Failure) -> LedgerFile {
  let settings = LedgerSettings(
    segmentSize: Int(try spool.configuration.integer(.ledgerSegmentSize, in: 4096...1 << 36)))
  return LedgerFile(root: spool.root, settings: settings, clock: SystemClock(), purpose: purpose, wait: .until(deadline))
}

/// The prepaid accounts of a spool.
package func prepaidLedger(of spool: Spool, purpose: LedgerPurpose, deadline: Deadline) throws(Failure) -> GeneralLedger {
  let file = try ledgerFile(of: spool, purpose: purpose, deadline: deadline)
  return GeneralLedger(book: file, openingCredit: try amount(.openingCredit, spool.configuration))
}
