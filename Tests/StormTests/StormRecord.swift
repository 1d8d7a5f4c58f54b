/// Everything that is known from outside about a storm: what the commands answered, and what was there in the end.
struct StormRecord: Sendable {
  /// By the time of their start.
  var commands: [CommandRecord]
  var copies: [StoredCopy] = []
  var movements: [Movement] = []
  /// Prepaid accounts, as `msg-pay balance` says and as hledger works them out from the journal.
  var balances: [String: Int] = [:]
  var journalBalances: [String: Int] = [:]
  /// What external gateways hold by the journal.
  var journalGateways = 0
  /// What an external gateway took for each message, by its own record; nil where there is none.
  var bank: [String: Int]?
  /// Runs of the hook, in the order of its log.
  var told: [ToldAlarm] = []
  /// What the hook read that was no whole alarm.
  var garbled: [String] = []
  /// The numbers of the events in the feed.
  var feed: [Int] = []
  /// The state of each message, by id, as `msg-send --sent` says.
  var states: [String: String] = [:]
  /// Whether a command may be called too slow.
  var isTimed = true
  /// Whether the disk failed now and then, so that a command may say that it did.
  var diskFails = false
  /// What did not settle, and files that should have gone.
  var leftovers: [String] = []
}

/// A command and its answer. Times are seconds from the start of the storm.
struct CommandRecord: Sendable, CustomStringConvertible {
  enum Answer: Equatable, Sendable {
    case status(Int32)
    case killed
    /// With a disk that gave up at that moment: what was written last may be there or not, and nobody can tell.
    case undecided(Int32)

    /// Whether it says nothing about what is there.
    var isOpen: Bool {
      if case .status = self { false } else { true }
    }
  }

  let step: Step
  let start: Double
  var end: Double
  var answer: Answer
  let output: String
  let errors: String

  /// The ids of the messages that were sent, by tag: what `--print-id` said, or the lines of a batch.
  var identifiers: [String: String] {
    switch step.purpose {
    case .send(let message, _):
      guard output.hasSuffix("\n"), let id = output.split(separator: "\n").first else { return [:] }
      return [message.tag: String(id)]
    case .batch(let messages):
      let answers = BatchAnswer.answers(in: output).filter { messages.indices.contains($0.line - 1) }
      // A keyed line that failed is answered with its key, and has no message.
      return answers.reduce(into: [:]) { if $1.id != messages[$1.line - 1].tag { $0[messages[$1.line - 1].tag] = $1.id } }
    default: return [:]
    }
  }

  var description: String {
    let status =
      switch answer {
      case .killed: "killed"
      case .status(let status), .undecided(let status): "\(status)"
      }
    let answer = (errors + (step.tool == "msg-send" ? output : "")).split(separator: "\n").joined(separator: " / ")
    return
      "  \(milliseconds(start))-\(milliseconds(end)) \(step.user): \(step.tool) \(step.arguments.joined(separator: " ")) -> \(status) \(answer)"
  }

  private func milliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

/// A message file in a mailbox.
struct StoredCopy: Sendable, Hashable {
  let mailbox: String
  let id: String
  let tag: String
}

/// A line of `msg-pay history --json`. The balance is nil where an external gateway has the account.
struct Movement: Sendable, Decodable {
  let kind: String
  let id: String
  let account: String
  let amount: Int
  let balance: Int?
}

/// One run of the hook. `content` is what it was told without the attempt, the mark and the texts of messages, for comparison.
struct ToldAlarm: Sendable {
  let id: String
  let attempt: Int
  let redelivered: Bool
  /// What the hook answered.
  let status: Int
  var content: String
  let items: [ToldItem]
  /// The texts and first words of its messages, in the order of the items; empty once a receiver has removed the message.
  var texts: [String] = []
}

/// An alarm of one message to one person, told by itself or in a digest.
struct ToldItem: Sendable, Hashable {
  let alarm: String
  let kind: String
  let receiver: String
  let message: String
}
