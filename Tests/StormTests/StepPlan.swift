import TestSupport

/// The commands of one worker, in order: the same for the same seed and number.
struct StepPlan {
  static let users = ["ann", "ben", "cho", "dan", "eve"]

  let worker: Int
  /// Whether accounts are topped up, charged and voided: those of the spool's own ledger.
  let movesMoney: Bool
  let seed: UInt64
  var random: SeededRandom
  /// How many steps there were, and how many messages of its own.
  var count = 0
  var made = 0
  /// What may be repeated, read, cancelled or refunded.
  var recent: [PlannedMessage] = []
  var charges: [(key: String, account: String, amount: Int)] = []

  init(seed: UInt64, worker: Int, movesMoney: Bool) {
    (self.seed, self.worker, self.movesMoney) = (seed, worker, movesMoney)
    random = SeededRandom(seed: seed &* 1_000_003 &+ UInt64(worker))
  }

  mutating func next() -> Step {
    count += 1
    var step = choose()
    // Some end before their time has come: about a sixth of all is killed.
    if random.chance(22) { step.killedAfter = momentOfKill() }
    return step
  }

  /// Half a millisecond to 32, the early ones as often as the late ones: a command takes about 20 in the crowd.
  private mutating func momentOfKill() -> Double {
    var moment = Double.random(in: 0.0005...0.001, using: &random)
    for _ in 0..<Int.random(in: 0..<6, using: &random) { moment *= 2 }
    return moment
  }

  private mutating func choose() -> Step {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<32: send(fresh(isKeyed: random.chance(50)))
    case 32..<42: send(shared())
    case 42..<50: recent.filter(\.isKeyed).isEmpty ? send(shared()) : send(random.pick(recent.filter(\.isKeyed)))
    case 50..<56: send(fresh(isKeyed: false), at: true)
    case 56..<63: batch()
    case 63..<67: maintenance()
    case 67..<71: look("msg-send", random.pick([["--sent", "--limit", "5"], ["--list"], ["--dry-run", "ben", "dry"]]))
    case 71..<78: look("msg-read", random.pick([[], ["--count"], ["--all", "--limit", "3"], ["--json", "--limit", "2"], ["--boxes"]]))
    case 78..<91: aboutRecent()
    default: movesMoney ? money() : look("msg-pay", random.pick([["balance"], ["history", "--limit", "3"], ["breaker"], ["doubt"]]))
    }
  }

  func step(_ tool: String, _ arguments: [String], user: String, _ purpose: Purpose, input: String = "") -> Step {
    Step(tool: tool, arguments: arguments, user: user, purpose: purpose, input: input)
  }

  mutating func look(_ tool: String, _ arguments: [String]) -> Step {
    step(tool, arguments, user: random.pick(StepPlan.users), .look)
  }

  private mutating func maintenance() -> Step {
    if random.chance(20) { return look("msg-alarmd", ["--once", "--max-time", "2"]) }
    return look("msg-send", random.chance(50) ? ["--flush"] : ["--flush", "--all"])
  }

  /// What a person does with a message that was sent not long ago.
  private mutating func aboutRecent() -> Step {
    guard !recent.isEmpty else { return look("msg-read", []) }
    let message = random.pick(recent)
    let mailbox = random.pick(message.recipients)
    switch Int.random(in: 0..<14, using: &random) {
    case 0..<4: return step("msg-send", ["--cancel", Step.identifier], user: message.sender, .cancel(tag: message.tag))
    case 4..<6: return step("msg-send", ["--status", Step.identifier], user: message.sender, .status(tag: message.tag))
    case 6..<9: return step("msg-read", [Step.identifier], user: mailbox, .read(tag: message.tag, mailbox: mailbox))
    case 9..<12: return step("msg-read", ["--delete", Step.identifier], user: mailbox, .delete(tag: message.tag, mailbox: mailbox))
    default: return step("msg-pay", ["refund", Step.identifier], user: message.sender, .refund(tag: message.tag))
    }
  }
}
