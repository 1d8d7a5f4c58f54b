import TestSupport

/// Sends: one message or a batch, keyed or not, from the arguments or standard input.
extension StepPlan {
  mutating func fresh(isKeyed: Bool) -> PlannedMessage {
    made += 1
    let sender = random.pick(StepPlan.users)
    let count = random.chance(20) ? Int.random(in: 2...3, using: &random) : 1
    let recipients = Array(StepPlan.users.shuffled(using: &random).prefix(count))
    return PlannedMessage(
      tag: "w\(worker)-\(made)", sender: sender, recipients: recipients, isKeyed: isKeyed,
      priority: random.chance(10) ? "urgent" : "normal")
  }

  /// One of the messages that all workers try under the same key, at about the same time.
  mutating func shared() -> PlannedMessage {
    let number = count / 12 + Int.random(in: 0..<3, using: &random)
    var own = SeededRandom(seed: seed &* 31 &+ UInt64(number))
    return PlannedMessage(
      tag: "all-\(number)", sender: own.pick(StepPlan.users),
      recipients: Array(StepPlan.users.shuffled(using: &own).prefix(own.chance(30) ? 2 : 1)), isKeyed: true)
  }

  mutating func send(_ message: PlannedMessage, at: Bool = false) -> Step {
    recent = (recent.filter { $0.tag != message.tag } + [message]).suffix(12)
    let isQueued = random.chance(35)
    var arguments = ["--print-id", "--priority", message.priority]
    if message.isKeyed { arguments += ["--id", message.tag] }
    if at { arguments += ["--at", random.pick(["+1s", "+2s", "+4s"])] } else if isQueued { arguments.append("--queue") }
    arguments.append(message.recipients.joined(separator: ","))
    let isInput = random.chance(25)
    if !isInput { arguments.append(message.text) }
    return step(
      "msg-send", arguments, user: message.sender, .send(message, isDeferrable: at || isQueued), input: isInput ? message.text + "\n" : "")
  }

  mutating func batch() -> Step {
    let messages = (0..<Int.random(in: 2...6, using: &random)).map { _ in fresh(isKeyed: random.chance(40)) }
    let lines = messages.map { message in
      let to = message.recipients.map { "\"\($0)\"" }.joined(separator: ",")
      let key = message.isKeyed ? #","id":"\#(message.tag)""# : ""
      return #"{"from":"\#(message.sender)","to":[\#(to)],"text":"\#(message.text)","priority":"\#(message.priority)"\#(key)}"#
    }
    recent = (recent + messages).suffix(12)
    return step("msg-send", ["--batch"], user: random.pick(StepPlan.users), .batch(messages), input: lines.map { $0 + "\n" }.joined())
  }
}
