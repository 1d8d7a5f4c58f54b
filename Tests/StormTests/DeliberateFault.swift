/// What a broken tool would leave: made in the record of a storm, so that the auditor can be seen to notice it.
enum DeliberateFault: CaseIterable {
  case lostMessage, doubleDelivery, chargeWithoutMessage, lostAlarm, unmarkedRepeat, refusedAndDelivered, acceptedAndLost

  /// Makes the fault, and returns what the auditor has to say; nil where the record has nothing that it could be made of.
  func tamper(with record: inout StormRecord) -> String? {
    let cases = Auditor.cases(of: record)
    // Messages that one command alone was about are told apart most easily.
    let alone = cases.values.filter { subject in
      guard subject.commands.count == 1, case .send(_, false) = subject.commands[0].step.purpose else { return false }
      return !subject.ids.isEmpty
    }.sorted { $0.message.tag < $1.message.tag }
    let copies = record.copies
    let isThere = { (subject: MessageCase) in copies.contains { $0.tag == subject.message.tag } }
    let subject = alone.first { $0.promise == (self.isAboutRefused ? .nothing : .delivered) && isThere($0) != self.isAboutRefused }
    guard let subject, let id = subject.ids.first else { return nil }
    let (tag, recipient) = (subject.message.tag, subject.message.recipients[0])

    switch self {
    case .lostMessage:
      record.copies.removeAll { $0.tag == tag }
      return "message \(tag) was accepted, and \(recipient) does not have it"
    case .doubleDelivery:
      record.copies.append(StoredCopy(mailbox: recipient, id: id, tag: tag))
      return "message \(tag) was delivered 2 times to \(recipient)"
    case .chargeWithoutMessage:
      charge(id, subject.message, in: &record)
      return "message \(tag) should have cost 0"
    case .lostAlarm:
      record.told.removeAll { $0.items.contains { $0.message == id && $0.receiver == recipient && $0.kind == "arrived" } }
      return "no alarm told \(recipient) of message \(tag)"
    case .unmarkedRepeat:
      guard let first = record.told.first(where: { $0.attempt == 1 && !$0.redelivered }) else { return nil }
      record.told.append(first)
      return "alarm \(first.id), attempt 1, was told 2 times without a mark"
    case .refusedAndDelivered:
      answer(77, to: tag, in: &record)
      return "message \(tag) was refused or cancelled, and was delivered"
    case .acceptedAndLost:
      answer(0, to: tag, in: &record)
      return "message \(tag) was accepted, and \(recipient) does not have it"
    }
  }

  /// It is made of a message that was refused.
  var isAboutRefused: Bool { self == .chargeWithoutMessage || self == .acceptedAndLost }

  private func answer(_ status: Int32, to tag: String, in record: inout StormRecord) {
    for index in record.commands.indices where record.commands[index].step.purpose.tag == tag {
      record.commands[index].answer = .status(status)
    }
  }

  /// Money that is taken consistently in every book.
  private func charge(_ id: String, _ message: PlannedMessage, in record: inout StormRecord) {
    let account = message.sender
    guard record.bank == nil else {
      record.bank?[id, default: 0] += message.price
      record.journalGateways += message.price
      record.movements.append(Movement(kind: "charge", id: id, account: account, amount: -message.price, balance: nil))
      return
    }
    let balance = record.balances[account, default: 0] - message.price
    record.movements.append(Movement(kind: "charge", id: id, account: account, amount: -message.price, balance: balance))
    record.balances[account] = balance
    record.journalBalances[account] = balance
  }
}
