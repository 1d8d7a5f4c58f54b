import Assembly
import CommandLineTool
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout
import SystemCalls

/// What was read of the spool's settings.
final class KnownSettings {
  var currency: Currency?
}

/// One run of msg-pay: its command line and the book it is about.
struct PayCommand {
  /// How long a command waits for others that hold the ledger.
  static let patience = Duration.seconds(5)

  let tool: Tool
  let arguments: Arguments
  let known = KnownSettings()

  init(tool: Tool, arguments: Arguments? = nil) { (self.tool, self.arguments) = (tool, arguments ?? tool.arguments) }

  /// The spool that is there, to be changed: a command that only changes what is recorded makes no spool.
  func existingSpool() throws(Failure) -> Spool {
    _ = try spool(.reading)
    return try spool(.writing)
  }

  /// Makes a spool whose settings can be gone through.
  func initialise() throws(Failure) -> ExitStatus {
    _ = try operands()
    try initialiseSpool(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), tool.diagnostics)
    return .done
  }

  /// The spool; a command that records something makes a missing one, and goes on with what killed senders left.
  func spool(_ purpose: Spool.Purpose) throws(Failure) -> Spool {
    let spool = try Spool.open(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: purpose)
    if purpose == .writing, arguments.command?.name != "repair" {
      for note in recoverLeftovers(of: spool, .payer, announce: tool.diagnostics.note) { tool.diagnostics.detail(note.description) }
    }
    return spool
  }

  /// The parts that know of messages too.
  func services(_ spool: Spool) throws(Failure) -> SpoolServices {
    try SpoolServices(
      spool: spool, purpose: .writing, deadline: .after(PayCommand.patience), announce: tool.diagnostics.note)
  }

  func file(_ spool: Spool, _ purpose: LedgerPurpose) throws(Failure) -> LedgerFile {
    try ledgerFile(of: spool, purpose: purpose, deadline: .after(PayCommand.patience))
  }

  func ledger(_ spool: Spool, _ purpose: LedgerPurpose) throws(Failure) -> GeneralLedger {
    try prepaidLedger(of: spool, purpose: purpose, deadline: .after(PayCommand.patience))
  }
}
