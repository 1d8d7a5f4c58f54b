internal import Foundation
import TestSupport

/// Collects what is there after a storm: mailboxes, book, bank, feed, and the hook's log.
struct Evidence {
  let ground: StormGround
  private var spool: TestSpool { ground.spool }
  private var folder: TemporaryFolder { ground.folder }

  func collect(commands: [CommandRecord], leftovers: [String]) throws -> StormRecord {
    var record = StormRecord(commands: commands, diskFails: ground.settings.disk.fails, leftovers: leftovers)
    // A replicated file system that has just lost a server keeps whoever asks it waiting.
    record.isTimed = ground.settings.hosts.faults.isEmpty
    for user in StepPlan.users { record.copies += try copies(of: user) }
    record.movements = try lines("msg-pay", ["history", "--json"]).map { try decode(Movement.self, $0) }
    for movement in record.movements where movement.id.hasPrefix("settle-") {
      let purpose = Purpose.topUp(key: movement.id, account: movement.account, amount: movement.amount)
      let step = Step(tool: "msg-pay", arguments: ["topup"], user: "ann", purpose: purpose)
      record.commands.append(CommandRecord(step: step, start: 0, end: 0, answer: .status(0), output: "", errors: ""))
    }
    for line in try lines("msg-pay", ["balance"]) {
      let words = line.split(separator: " ")
      if words.count == 2 { record.balances[String(words[0])] = Int(words[1]) }
    }
    record.journalBalances = try journalBalances(of: "liabilities:prepaid").mapValues { -$0 }
    record.journalGateways = try journalBalances(of: "assets:gateway").values.reduce(0, +)
    if ground.settings.gateway != .ledger { record.bank = try bank() }
    let log = HookLog(try folder.names(in: "").contains("hook.log") ? folder.read("hook.log") : "", digested: try digested())
    (record.told, record.garbled) = (log.alarms, log.garbled)
    for segment in folder.names(in: "spool/feed") where segment.allSatisfy(\.isNumber) {
      record.feed += folder.names(in: "spool/feed/\(segment)").compactMap { Int($0) }
    }
    struct Sent: Decodable {
      let id: String
      let state: String
    }
    for user in StepPlan.users {
      for line in try lines("msg-send", ["--sent", "--limit", "1000000", "--json"], user: user) {
        let sent = try decode(Sent.self, line)
        record.states[sent.id] = sent.state
      }
    }
    return record
  }

  /// The alarms of each digest, by the history.
  private func digested() throws -> [String: [ToldItem]] {
    struct Line: Decodable {
      let id: String
      let kind: String
      let receiver: String
      let message: String?
      let digest: String?
    }
    var digested: [String: [ToldItem]] = [:]
    for line in try lines("msg-alarmd", ["history", "--json", "--state", "digested", "--limit", "10000000"]) {
      let line = try decode(Line.self, line)
      guard let digest = line.digest else { continue }
      digested[digest, default: []].append(
        ToldItem(alarm: line.id, kind: line.kind, receiver: line.receiver, message: line.message ?? ""))
    }
    return digested
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ line: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(line.utf8))
  }

  private func lines(_ tool: String, _ arguments: [String], user: String = "ann") throws -> [String] {
    let answer = try spool.run(tool, arguments, user: user)
    guard answer.status == 0 || answer.status == 1 && answer.output.isEmpty else { throw HarnessFailure("\(tool) \(arguments): \(answer)") }
    return answer.lines
  }

  private func copies(of user: String) throws -> [StoredCopy] {
    try spool.messages(of: user).map { file in
      let lines = try folder.read("spool/mailboxes/\(user)/\(file)").split(separator: "\n")
      let id = lines.first { $0.hasPrefix("X-Msg-Id: ") }?.dropFirst(10)
      guard let id, let tag = lines.last?.split(separator: " ").last else { throw HarnessFailure("no message: \(user)/\(file)") }
      return StoredCopy(mailbox: user, id: String(id), tag: String(tag))
    }
  }

  private func journalBalances(of group: String) throws -> [String: Int] {
    let journal = try spool.run("msg-pay", ["journal"])
    guard journal.status == 0 else { throw HarnessFailure("\(journal)") }
    try folder.write("journal", journal.output)
    let report = try run(
      "hledger", ["-f", folder.file("journal"), "balance", group, "--empty", "--flat", "--no-total", "-O", "csv"])
    guard report.status == 0 else { throw HarnessFailure("hledger: \(report)") }
    var balances: [String: Int] = [:]
    for line in report.lines.dropFirst() {
      let words = line.replacing("\"", with: "").split(separator: ",")
      guard words.count == 2, let name = words[0].split(separator: ":").last else { throw HarnessFailure("hledger: \(line)") }
      balances[String(name)] = words[1].split(separator: " ").first.flatMap { Int($0) } ?? 0
    }
    return balances
  }

  /// A bank's key begins with the id; several generations of one id count together.
  private func bank() throws -> [String: Int] {
    var sums: [String: Int] = [:]
    for key in folder.names(in: "bank/keys") where key != ".keep" {
      for line in try folder.read("bank/keys/\(key)").split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 3, let amount = Int(words[1]) else { continue }
        sums[String(key.prefix { $0 != "-" }), default: 0] += words[0] == "+" ? amount : words[0] == "-" ? -amount : 0
      }
    }
    return sums
  }
}
