/// Compares what was answered with what is there. It knows the contract of the tools, and nothing of how they work.
enum Auditor {
  /// The violations, each with the commands that it concerns; none if all is well.
  static func audit(_ record: StormRecord) -> [String] {
    let cases = Auditor.cases(of: record)
    return audit(commands: record) + record.leftovers.map { "left in the end: \($0)" }
      + MessageAudit(record: record, cases: cases).violations
      + MoneyAudit(record: record, cases: cases).violations
      + AlarmAudit(record: record, cases: cases).violations
  }

  /// No answer says that a tool is broken or that the disk is, and none comes late.
  private static func audit(commands record: StormRecord) -> [String] {
    record.commands.flatMap { command in
      var found: [String] = []
      if record.isTimed, command.end - command.start > command.step.timeout + 1 {
        found.append("slower than its time-out and a second:\n\(command)")
      }
      if case .status(let status) = command.answer, !possibleAnswers(to: command.step.purpose).contains(status),
        !record.diskFails || status != 74
      {
        found.append("an answer that nothing here calls for:\n\(command)")
      }
      return found
    }
  }

  private static func possibleAnswers(to purpose: Purpose) -> Set<Int32> {
    let common: Set<Int32> = [0, 1, 66, 69, 75, 77]
    // There is no charge to give back, or not yet.
    if case .refund = purpose { return common.union([65]) }
    return common
  }

  /// Whether it is not known what became of a message of a batch that was not accepted.
  private static func isOpen(_ command: CommandRecord, _ answer: BatchAnswer?) -> Bool {
    if case .undecided = command.answer { return true }
    return command.answer == .killed && answer == nil
  }

  /// The messages with their commands, by tag.
  static func cases(of record: StormRecord) -> [String: MessageCase] {
    var cases: [String: MessageCase] = [:]
    for command in record.commands {
      switch command.step.purpose {
      case .send(let message, let isDeferrable):
        let outcome: MessageCase.Try = command.answer.isOpen ? .unknown : command.answer == .status(0) ? .accepted : .refused
        cases[message.tag, default: MessageCase(message)].add(command)
        cases[message.tag]?.add(outcome, by: command, isDeferrable: isDeferrable)
      case .batch(let messages):
        let answers = BatchAnswer.answers(in: command.output)
        for (index, message) in messages.enumerated() {
          let answer = answers.first { $0.line == index + 1 }
          let outcome: MessageCase.Try = answer?.isAccepted == true ? .accepted : isOpen(command, answer) ? .unknown : .refused
          cases[message.tag, default: MessageCase(message)].add(command)
          cases[message.tag]?.add(outcome, by: command, isDeferrable: false)
        }
      default:
        if let tag = command.step.purpose.tag { cases[tag]?.add(command) }
      }
      for (tag, id) in command.identifiers { cases[tag]?.add(id: id) }
    }
    for copy in record.copies { cases[copy.tag]?.add(id: copy.id) }
    return cases
  }
}
