import CommandLineTool
import LedgerStore
import Payments
import SharedKernel
import SpoolDirectory
import SystemCalls

/// One run of msg-pay: its command line and the book it is about.
struct PayCommand {
  /// How long a command waits for others that hold the ledger.
  private static let patience: Int64 = 5_000_000

  let tool: Tool
  var arguments: Arguments { tool.arguments }

  /// The spool; a command that records something makes a missing one.
  func spool(_ purpose: Spool.Purpose) throws(Failure) -> Spool {
    try Spool.open(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: purpose)
  }

  func file(_ spool: Spool, _ purpose: LedgerPurpose) throws(Failure) -> LedgerFile {
    let size = try spool.configuration.integer(.ledgerSegmentSize, in: 4096...1 << 36)
    return LedgerFile(
      root: spool.root,
      settings: LedgerSettings(segmentSize: Int(size), fileMode: spool.fileMode, directoryMode: spool.directoryMode),
      clock: WallClock(), purpose: purpose, wait: .until(.after(microseconds: PayCommand.patience)))
  }

  func ledger(_ spool: Spool, _ purpose: LedgerPurpose) throws(Failure) -> Ledger {
    let units = try spool.configuration.integer(.openingCredit, in: 0...PayCommand.largestAmount)
    guard let credit = Amount(units: units) else { throw spool.configuration.failure(.openingCredit, "negative") }
    return Ledger(book: try file(spool, purpose), openingCredit: credit)
  }
}

/// The time of day.
private struct WallClock: Clock {
  func now() -> Timestamp { Timestamp(microseconds: wallClockMicroseconds()) }
}
