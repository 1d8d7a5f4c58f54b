/// Each message against the mailboxes.
struct MessageAudit {
  let record: StormRecord
  let cases: [String: MessageCase]
  /// The messages whose senders were told that they failed.
  private let failed: Set<String>

  init(record: StormRecord, cases: [String: MessageCase]) {
    (self.record, self.cases) = (record, cases)
    failed = Set(record.told.lazy.flatMap(\.items).filter { $0.kind == "failed" }.map(\.message))
  }

  var violations: [String] {
    let copies = Dictionary(grouping: record.copies, by: \.tag)
    let unknown = copies.keys.filter { cases[$0] == nil }.sorted().map { "a message '\($0)' that nobody sent" }
    return unknown + cases.values.sorted { $0.message.tag < $1.message.tag }.flatMap { audit($0, copies: copies[$0.message.tag] ?? []) }
  }

  private func audit(_ subject: MessageCase, copies: [StoredCopy]) -> [String] {
    let (message, tag) = (subject.message, subject.message.tag)
    var found: [String] = []
    if Set(copies.map(\.id)).count > 1 || subject.ids.count > 1 && message.isKeyed {
      found.append("message \(tag) has the ids \(subject.ids.sorted())")
    }
    for copy in copies where !message.recipients.contains(copy.mailbox) { found.append("message \(tag) was delivered to \(copy.mailbox)") }
    var isThere: [Bool?] = []
    for recipient in message.recipients {
      let count = copies.count { $0.mailbox == recipient }
      let deleted = subject.wasDeleted(from: recipient)
      if count > 1 { found.append("message \(tag) was delivered \(count) times to \(recipient)") }
      if count > 0, deleted == true { found.append("message \(tag) was deleted by \(recipient), and is there") }
      isThere.append(count > 0 ? true : deleted)
    }
    let places = zip(message.recipients, isThere)
    switch subject.promise {
    case .delivered:
      guard !isDeclinedLater(subject) else { break }
      found += places.filter { $0.1 == false }.map { "message \(tag) was accepted, and \($0.0) does not have it" }
    case .nothing:
      found += places.filter { $0.1 == true }.map { "message \(tag) was refused or cancelled, and was delivered to \($0.0)" }
    case .either:
      if isThere.contains(true), isThere.contains(false) {
        found.append("message \(tag) was delivered to some only of \(message.recipients)")
      }
    }
    found += states(of: subject, isThere: isThere)
    return found.map { $0 + subject.story }
  }

  /// A message that waited may be declined by an external gateway; then its sender is told.
  private func isDeclinedLater(_ subject: MessageCase) -> Bool {
    guard record.bank != nil, subject.mayBeDeclinedLater else { return false }
    return !failed.isDisjoint(with: subject.ids)
  }

  /// `msg-send --sent` says of what is delivered that it is, and of nothing else.
  private func states(of subject: MessageCase, isThere: [Bool?]) -> [String] {
    subject.ids.compactMap { id in
      guard let state = record.states[id] else {
        return isThere.contains(true) ? "message \(subject.message.tag) is delivered, and unknown to --sent" : nil
      }
      let saysDelivered = ["delivered", "read", "refunded"].contains(state)
      if isThere.contains(true) != saysDelivered, isThere.allSatisfy({ $0 != nil }) {
        return "message \(subject.message.tag) is \(isThere.contains(true) ? "" : "not ")delivered, and --sent says \(state)"
      }
      return nil
    }
  }
}
