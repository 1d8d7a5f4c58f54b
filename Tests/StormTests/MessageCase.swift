/// All that concerns one message: the commands in their order, and what they promise together.
struct MessageCase {
  enum Try { case accepted, refused, unknown }
  /// What must be in the end.
  enum Promise { case delivered, nothing, either }

  let message: PlannedMessage
  private(set) var commands: [CommandRecord] = []
  private(set) var ids: Set<String> = []
  private var tries: [(command: CommandRecord, outcome: Try, isDeferrable: Bool)] = []

  init(_ message: PlannedMessage) { self.message = message }

  mutating func add(_ command: CommandRecord) { commands.append(command) }
  mutating func add(id: String) { ids.insert(id) }

  mutating func add(_ outcome: Try, by command: CommandRecord, isDeferrable: Bool) {
    tries.append((command, outcome, isDeferrable))
  }

  /// A cancellation undoes what was accepted before it began, and nothing that was tried after it had ended.
  var promise: Promise {
    let possible = tries.filter { $0.outcome != .refused }
    let cancels = answers { if case .cancel = $0 { true } else { false } }
    let done = cancels.filter { $0.answer == .status(0) }
    let perhaps = cancels.filter { $0.answer == .status(0) || $0.answer.isOpen }
    if possible.contains(where: { possible in
      possible.outcome == .accepted && perhaps.allSatisfy { $0.end < possible.command.start }
    }) {
      return .delivered
    }
    if possible.isEmpty || done.contains(where: { cancel in possible.allSatisfy { $0.command.end < cancel.start } }) { return .nothing }
    return .either
  }

  /// Whether every acceptance allows that an external gateway declines later.
  var mayBeDeclinedLater: Bool { tries.allSatisfy { $0.outcome != .accepted || $0.isDeferrable } }

  /// Whether it may have been accepted, declined by an external gateway later, and accepted again under its key.
  var mayHaveFailedBefore: Bool { tries.count { $0.outcome != .refused } > 1 }

  /// The commands about this message with such a purpose.
  func answers(_ isWanted: (Purpose) -> Bool) -> [CommandRecord] { commands.filter { isWanted($0.step.purpose) } }

  /// Whether such a command answered 0; nil if one was killed, and may have done it.
  func wasDone(_ isWanted: (Purpose) -> Bool) -> Bool? { CommandRecord.wasDone(answers(isWanted)) }

  func wasDeleted(from mailbox: String) -> Bool? {
    wasDone { if case .delete(_, mailbox) = $0 { true } else { false } }
  }

  /// nil where it is not certain. An external gateway that does not confirm a refund is asked until it does: then 75 leaves it open.
  func wasRefunded(byGateway: Bool) -> Bool? {
    let done = wasDone { if case .refund = $0 { true } else { false } }
    let isOpen = byGateway && answers { if case .refund = $0 { true } else { false } }.contains { $0.answer == .status(75) }
    return done == false && isOpen ? nil : done
  }

  /// A reader who has seen a message, or tried to, need not be told of it in a digest.
  func wasTouched(by receiver: String) -> Bool {
    !answers { purpose in
      switch purpose {
      case .read(_, receiver), .delete(_, receiver): true
      default: false
      }
    }.isEmpty
  }

  var story: String { "\n" + commands.map(\.description).joined(separator: "\n") }
}

extension CommandRecord {
  static func wasDone(_ commands: [CommandRecord]) -> Bool? {
    if commands.contains(where: { $0.answer == .status(0) }) { return true }
    return commands.contains { $0.answer.isOpen } ? nil : false
  }
}
