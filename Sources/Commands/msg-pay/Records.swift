import CommandLineTool
import JSONText
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout

/// The commands that read the whole book, and the one that mends it.
extension PayCommand {
  func history() throws(Failure) -> ExitStatus {
    let account = try optionalOperand("ACCOUNT").map { text throws(Failure) in try self.account(text) }
    let (since, until) = (try time(PayOptions.since), try time(PayOptions.until))
    let limit = try arguments.integer(PayOptions.limit, in: 0...Int.max)
    let snapshot = try file(try spool(.reading), .reading).snapshot()
    func isChosen(_ entry: Entry) -> Bool { !(since.map { entry.time < $0 } ?? false) && !(until.map { entry.time >= $0 } ?? false) }
    guard let limit else {
      var status = ExitStatus.nothing
      try snapshot.forEachEntry(of: account) { entry throws(Failure) in
        if isChosen(entry) {
          try show(entry)
          status = .done
        }
        return true
      }
      return status
    }
    var newest: [Entry] = []
    try snapshot.forEachEntry(of: account, newestFirst: true) { entry in
      if newest.count < limit, isChosen(entry) { newest.append(entry) }
      return newest.count < limit
    }
    for entry in newest.reversed() { try show(entry) }
    return newest.isEmpty ? .nothing : .done
  }

  private func show(_ entry: Entry) throws(Failure) {
    try tool.output.writeLine(arguments.has(PayOptions.json) ? json(entry) : line(entry))
  }

  private func json(_ entry: Entry) -> String {
    let posting = entry.posting
    return JSONValue.record([
      ("seq", .integer(entry.sequence)), ("time", .string(entry.time.rfc3339)), ("kind", .string(posting.kind.word)),
      ("id", .string(shownID(posting))), ("account", .string(posting.payer?.text ?? "")), ("amount", .integer(posting.change.units)),
      // What a gateway's customer has there is the gateway's to know.
      ("balance", posting.external == nil ? .integer(posting.balance.units) : .null), ("memo", .string(posting.memo)),
      ("gateway", posting.external.map { .string($0.gateway.text) }), ("asked", posting.external.map { .integer($0.asked.units) }),
      ("settled_by", posting.external.flatMap { $0.isSettledByHand ? .string("hand") : nil }),
      ("ref", posting.external.flatMap { $0.reference.isEmpty ? nil : .string($0.reference) }),
    ]).line
  }

  private func line(_ entry: Entry) -> String {
    let posting = entry.posting
    let columns = [
      LocalTime.system.second(entry.time), left(posting.kind.word, 8), left(posting.payer?.text ?? "-", 16), right("\(posting.change)", 8),
      right(posting.external == nil ? "\(posting.balance)" : "-", 8), TerminalText.visible(shownID(posting)),
      TerminalText.visible(posting.memo),
      posting.external.map { "\($0.gateway) \($0.isSettledByHand ? "(by hand) " : "")\(TerminalText.visible($0.reference))" } ?? "",
    ]
    return columns.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.utf8.count)) }
  private func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.utf8.count)) + text }

  /// The key as it was given, or the id; empty where there is none.
  private func shownID(_ posting: Posting) -> String { posting.reference.isEmpty ? posting.id.map { "\($0)" } ?? "" : posting.reference }

  func journal() throws(Failure) -> ExitStatus {
    _ = try operands()
    let spool = try spool(.reading)
    var journal = Journal(currency: spool.configuration.text(.currency), day: LocalTime.system.day)
    try tool.output.write(journal.head)
    try file(spool, .reading).snapshot().forEach { item throws(Failure) in
      switch item {
      case .entry(let entry): try tool.output.write(journal.transaction(entry))
      case .carried(let account, let balance, let time): try tool.output.write(journal.carried(balance, of: account, at: time))
      }
    }
    return .done
  }

  func verify() throws(Failure) -> ExitStatus {
    _ = try operands()
    let faults = try file(try spool(.reading), .reading).verify()
    for fault in faults { try tool.output.writeLine(TerminalText.visible(fault.description)) }
    return faults.isEmpty ? .done : ExitStatus(.badData)
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
