/// The book, the balances and the gateway's own record against the answers.
struct MoneyAudit {
  let record: StormRecord
  let cases: [String: MessageCase]

  var violations: [String] { messages + unknown + keys + balances }

  /// What was paid for an id: charges less what was given back.
  private func paid(_ id: String) -> Int { -(byID[id] ?? []).reduce(0) { $0 + $1.amount } }

  private let byID: [String: [Movement]]

  init(record: StormRecord, cases: [String: MessageCase]) {
    (self.record, self.cases) = (record, cases)
    byID = Dictionary(grouping: record.movements, by: \.id)
  }

  /// Paid once if it is delivered, and not otherwise.
  private var messages: [String] {
    let copies = Dictionary(grouping: record.copies, by: \.tag)
    return cases.values.sorted { $0.message.tag < $1.message.tag }.flatMap { subject -> [String] in
      let tag = subject.message.tag
      let recipients = subject.message.recipients
      let refunded = subject.wasRefunded(byGateway: record.bank != nil)
      let isDelivered = recipients.map { recipient in
        copies[tag, default: []].contains { $0.mailbox == recipient } ? true : subject.wasDeleted(from: recipient)
      }
      // What may have been deleted by a command that was killed proves nothing.
      guard !isDelivered.contains(true) || refunded != nil else { return [] }
      guard isDelivered.contains(true) || !isDelivered.contains(nil) else { return [] }
      let price = isDelivered.contains(true) && refunded == false ? subject.message.price : 0
      var sums = [("the book", subject.ids.reduce(0) { $0 + paid($1) })]
      if let bank = record.bank { sums.append(("the gateway", subject.ids.reduce(0) { $0 + (bank[$1] ?? 0) })) }
      return sums.filter { $0.1 != price }.map { "message \(tag) should have cost \(price), and by \($0.0) cost \($0.1)" + subject.story }
    }
  }

  /// Every movement belongs to a command.
  private var unknown: [String] {
    let known = Set(cases.values.flatMap(\.ids)).union(record.commands.compactMap(\.step.purpose.key))
    let ids = Set(byID.keys).union(record.bank.map { Set($0.keys) } ?? []).subtracting(known).subtracting([""])
    return ids.sorted().filter { paid($0) != 0 || (record.bank?[$0] ?? 0) != 0 }.map { "charged under \($0), which no command was told" }
  }

  /// Top-ups, and charges that are no message's: each key once.
  private var keys: [String] {
    let commands = Dictionary(grouping: record.commands.filter { $0.step.purpose.key != nil }) { $0.step.purpose.key ?? "" }
    return commands.sorted { $0.key < $1.key }.flatMap { key, commands -> [String] in
      let movements = byID[key] ?? []
      var found: [String] = []
      func count(_ kind: String, _ done: Bool?) {
        let count = movements.count { $0.kind == kind && $0.amount != 0 }
        if count > 1 || done == true && count == 0 || done == false && count > 0 { found.append("\(count) \(kind) movements under \(key)") }
      }
      count("topup", CommandRecord.wasDone(commands.filter { if case .topUp = $0.step.purpose { true } else { false } }))
      count("charge", CommandRecord.wasDone(commands.filter { if case .charge = $0.step.purpose { true } else { false } }))
      let voided = CommandRecord.wasDone(commands.filter { if case .void = $0.step.purpose { true } else { false } })
      let isCharged = movements.contains { $0.kind == "charge" }
      count("void", isCharged ? voided : false)
      for command in commands {
        let wanted: (kind: String, account: String, amount: Int)? =
          switch command.step.purpose {
          case .topUp(_, let account, let amount): ("topup", account, amount)
          case .charge(_, let account, let amount): ("charge", account, -amount)
          default: nil
          }
        guard let wanted else { continue }
        let isOther = movements.contains { $0.kind == wanted.kind && ($0.account != wanted.account || $0.amount != wanted.amount) }
        if isOther { found.append("another account or amount under \(key)") }
      }
      return found.map { $0 + "\n" + commands.map(\.description).joined(separator: "\n") }
    }
  }

  /// The balances are what the movements make them, after each one and in the end, by the tools and by hledger.
  private var balances: [String] {
    var sums: [String: Int] = [:]
    var found: [String] = []
    for movement in record.movements {
      guard let balance = movement.balance else { continue }
      sums[movement.account, default: 0] += movement.amount
      if sums[movement.account] != balance { found.append("\(movement) follows \(sums[movement.account, default: 0] - movement.amount)") }
      if balance < 0 { found.append("\(movement): below zero") }
    }
    let openings = Dictionary(grouping: record.movements.filter { $0.kind == "opening" }, by: \.account)
    found += openings.filter { $0.value.count > 1 }.map { "\($0.key) was opened \($0.value.count) times" }
    for account in Set(sums.keys).union(record.balances.keys).union(record.journalBalances.keys).sorted() {
      let values = [sums[account], record.balances[account], record.journalBalances[account]]
      if Set(values).count > 1 {
        found.append("\(account) has \(values.map { $0.map(String.init) ?? "none" }) by history, balance and hledger")
      }
    }
    if let bank = record.bank?.values.reduce(0, +), bank != record.journalGateways {
      found.append("the gateway has \(bank), and by hledger \(record.journalGateways)")
    }
    return found
  }
}
