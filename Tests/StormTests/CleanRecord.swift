/// A short storm in which everything went well, made by hand, for the deliberate faults.
enum CleanRecord {
  static let plan = PlannedMessage(tag: "t1", sender: "ann", recipients: ["ben"], isKeyed: true)
  static let refused = PlannedMessage(tag: "t2", sender: "ann", recipients: ["ben"], isKeyed: true)

  static func send(_ plan: PlannedMessage, _ status: Int32, id: String) -> CommandRecord {
    let step = Step(tool: "msg-send", arguments: ["--print-id", "ben", plan.text], user: "ann", purpose: .send(plan, isDeferrable: false))
    return CommandRecord(step: step, start: 0, end: 0.01, answer: .status(status), output: "\(id)\n", errors: "")
  }

  static func alarm(attempt: Int = 1, redelivered: Bool = false) -> ToldAlarm {
    ToldAlarm(
      id: "A1", attempt: attempt, redelivered: redelivered, status: 0, content: "arrived ID1",
      items: [
        ToldItem(alarm: "A1", kind: "arrived", receiver: "ben", message: "ID1"),
        ToldItem(alarm: "A1", kind: "sent", receiver: "ann", message: "ID1"),
      ])
  }

  static let record = StormRecord(
    commands: [send(plan, 0, id: "ID1"), send(refused, 77, id: "ID2")],
    copies: [StoredCopy(mailbox: "ben", id: "ID1", tag: "t1")],
    movements: [
      Movement(kind: "opening", id: "", account: "ann", amount: 100, balance: 100),
      Movement(kind: "charge", id: "ID1", account: "ann", amount: -1, balance: 99),
    ],
    balances: ["ann": 99], journalBalances: ["ann": 99], told: [alarm()], feed: [1], states: ["ID1": "delivered"])
}
