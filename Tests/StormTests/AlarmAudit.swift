/// The hook's log and the feed against the mailboxes.
struct AlarmAudit {
  let record: StormRecord
  let cases: [String: MessageCase]

  var violations: [String] { feed + garbled + repeats + deliveries }

  /// Numbers without a gap, none twice.
  private var feed: [String] {
    let numbers = record.feed.sorted()
    guard let last = numbers.last, numbers != Array(1...last) else { return [] }
    let missing = Set(1...last).subtracting(numbers).sorted()
    return ["the feed of \(last) lacks \(missing), and has \(numbers.count) numbers"]
  }

  private var garbled: [String] { record.garbled.map { "a hook read no whole alarm; it answered and read: \($0)" } }

  /// An alarm that is told again has the same content, and a mark: another attempt after a failure, else that it is a repeat.
  private var repeats: [String] {
    Dictionary(grouping: record.told, by: \.id).sorted { $0.key < $1.key }.flatMap { id, runs -> [String] in
      var found: [String] = []
      if Set(runs.map(\.content)).count > 1 || !AlarmAudit.isSameText(runs) {
        found.append("alarm \(id) was told again with other content")
      }
      for (attempt, same) in Dictionary(grouping: runs, by: \.attempt).sorted(by: { $0.key < $1.key }) {
        let unmarked = same.count { !$0.redelivered }
        if unmarked > 1 { found.append("alarm \(id), attempt \(attempt), was told \(unmarked) times without a mark") }
      }
      if let first = runs.firstIndex(where: { $0.status == 0 }),
        runs.dropFirst(first + 1).contains(where: { !$0.redelivered && $0.attempt > runs[first].attempt })
      {
        found.append("alarm \(id) was told again without a mark after it had been told")
      }
      return found.map {
        $0 + "\n"
          + runs.map { "  attempt \($0.attempt) redelivered \($0.redelivered) -> \($0.status) \($0.content)" }.joined(separator: "\n")
      }
    }
  }

  /// A text stays as it was until its receiver removes the message, and then is gone.
  private static func isSameText(_ runs: [ToldAlarm]) -> Bool {
    zip(runs, runs.dropFirst()).allSatisfy { earlier, later in
      earlier.texts.count == later.texts.count && zip(earlier.texts, later.texts).allSatisfy { $1 == $0 || $1.isEmpty }
    }
  }

  /// Told of every copy at least once, of nothing that is not there, and of no failure of what is.
  private var deliveries: [String] {
    let told = Set(record.told.filter { $0.status == 0 }.flatMap(\.items).map { "\($0.kind) \($0.receiver) \($0.message)" })
    let copies = Dictionary(grouping: record.copies, by: \.tag)
    return cases.values.sorted { $0.message.tag < $1.message.tag }.flatMap { subject -> [String] in
      let (tag, sender) = (subject.message.tag, subject.message.sender)
      func isTold(_ kind: String, _ receiver: String) -> Bool { subject.ids.contains { told.contains("\(kind) \(receiver) \($0)") } }
      var found: [String] = []
      var isDelivered = false
      for recipient in subject.message.recipients {
        let isThere = copies[tag, default: []].contains { $0.mailbox == recipient } ? true : subject.wasDeleted(from: recipient)
        isDelivered = isDelivered || isThere == true
        if isThere == true, !subject.wasTouched(by: recipient), !isTold("arrived", recipient) {
          found.append("no alarm told \(recipient) of message \(tag)")
        }
        if isThere == false, isTold("arrived", recipient) { found.append("\(recipient) was told of message \(tag), and does not have it") }
      }
      if isDelivered, !isTold("sent", sender) { found.append("no alarm told \(sender) that message \(tag) was sent") }
      if isDelivered, isTold("failed", sender), record.bank == nil || !subject.mayHaveFailedBefore {
        found.append("\(sender) was told that message \(tag) failed, and it is delivered")
      }
      return found.map { $0 + subject.story }
    }
  }
}
