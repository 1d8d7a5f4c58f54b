import Assembly
import CommandLineTool
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// The commands that read the whole book, and the one that mends it.
extension PayCommand {
  /// All of it, or the part of an account and of a stretch of time; then with what the accounts had before.
  func journal() throws(Failure) -> ExitStatus {
    _ = try operands()
    let account = try arguments.value(PayOptions.account).map { text throws(Failure) in try self.account(text) }
    let (since, until) = (try time(PayOptions.since), try time(PayOptions.until))
    let spool = try spool(.reading)
    var journal = Journal(currency: spool.configuration.money, zone: .system, isPart: account != nil)
    try tool.output.write(journal.head)
    let snapshot = try file(spool, .reading).snapshot()
    func show(_ entry: BookEntry) throws(Failure) {
      if entry.posting.isBookkeeping { return }
      if account != nil || since != nil { try tool.output.write(journal.beginning(of: entry)) }
      try tool.output.write(journal.transaction(entry))
    }
    if account == nil, since == nil, until == nil {
      try snapshot.forEach { item throws(Failure) in
        switch item {
        case .entry(let entry): try show(entry)
        case .carried(let account, let balance, let time): try tool.output.write(journal.carried(balance, of: account, at: time))
        }
      }
      return .done
    }
    try snapshot.forEachEntry(of: account) { entry throws(Failure) in
      if isWithin(entry, since, until), account == nil || entry.posting.payer == account { try show(entry) }
      return true
    }
    return .done
  }

  func isWithin(_ entry: BookEntry, _ since: Timestamp?, _ until: Timestamp?) -> Bool {
    !(since.map { entry.time < $0 } ?? false) && !(until.map { entry.time >= $0 } ?? false)
  }

  func verify() throws(Failure) -> ExitStatus {
    _ = try operands()
    if let other = arguments.value(PayOptions.mounts) { return try verifyMounts(other) }
    let spool = try spool(.reading)
    let faults: [LedgerFault]
    do throws(Failure) { faults = try file(spool, .reading).verify() } catch {
      // What is so damaged that it cannot be gone through.
      if error.kind == .badData { remember(LastVerification(time: SystemClock().now(), faults: 1), in: spool) }
      throw error
    }
    for fault in faults { try tool.output.writeLine(TerminalText.visible(fault.description)) }
    remember(LastVerification(time: SystemClock().now(), faults: faults.count), in: spool)
    return faults.isEmpty ? .done : ExitStatus(.badData)
  }

  /// For `msg-alarmd status --full`. The answer does not depend on it: it is given on a disk that is full or read-only, too.
  private func remember(_ verification: LastVerification, in spool: Spool) {
    do throws(Failure) {
      try spool.refuseUnsafeWriting()
      try verification.keep(in: spool.root)
    } catch { tool.diagnostics.detail("when the book was verified could not be kept: \(error.message)") }
  }

  func repair() throws(Failure) -> ExitStatus {
    _ = try operands()
    let repairs = try file(try existingSpool(), .writing).repair()
    if repairs.isEmpty { tool.diagnostics.detail("there was nothing to repair") }
    for repair in repairs {
      let records = repair.keptRecords == 1 ? "1 record" : "\(repair.keptRecords) records"
      let corrections = repair.corrections == 1 ? "1 correction" : "\(repair.corrections) corrections"
      tool.diagnostics.note(
        "\(repair.file): \(records) kept, \(repair.lostRecords) lost, \(corrections) made; the old file is \(repair.old)")
    }
    return .done
  }
}
