import CommandLineTool
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// `msg-pay history`: the movements, the newest last.
extension PayCommand {
  func history() throws(Failure) -> ExitStatus {
    let account = try optionalOperand("ACCOUNT").map { text throws(Failure) in try self.account(text) }
    let (since, until) = (try time(PayOptions.since), try time(PayOptions.until))
    let limit = try arguments.integer(PayOptions.limit, in: 0...Int.max)
    let spool = try spool(.reading)
    let snapshot = try file(spool, .reading).snapshot()
    var table = HistoryTable(currency: spool.configuration.money, columns: tool.output.columns)
    func isChosen(_ entry: BookEntry) -> Bool {
      !entry.posting.isBookkeeping && (account == nil || entry.posting.payer == account) && isWithin(entry, since, until)
    }
    func show(_ entry: BookEntry) throws(Failure) {
      if arguments.has(PayOptions.json) { return try tool.output.writeLine(HistoryTable.json(entry)) }
      for line in table.add(entry) { try tool.output.writeLine(line) }
    }
    var isEmpty = true
    if let limit {
      var newest: [BookEntry] = []
      try snapshot.forEachEntry(of: account, newestFirst: true) { entry in
        if newest.count < limit, isChosen(entry) { newest.append(entry) }
        return newest.count < limit
      }
      for entry in newest.reversed() { try show(entry) }
      isEmpty = newest.isEmpty
    } else {
      try snapshot.forEachEntry(of: account) { entry throws(Failure) in
        if isChosen(entry) {
          try show(entry)
          isEmpty = false
        }
        return true
      }
    }
    for line in table.rest() { try tool.output.writeLine(line) }
    return isEmpty ? .nothing : .done
  }
}
