import CommandLineTool

/// What msg-send accepts.
enum SendOptions {
  static let subject = Option("subject", short: "s", .required("TEXT"), help: "a subject")
  static let from = Option(
    "from", .required("NAME"), completion: .values(.mailbox), help: "send as NAME (else $MSG_USER, else the login name)")
  static let account = Option(
    "account", .required("NAME"), completion: .values(.account), help: "pay by account NAME, which lists you in 'payers'")
  static let id = Option("id", .required("KEY"), help: "idempotency key: the same send is made and charged once")
  static let priority = Option(
    "priority", .required("LEVEL"), completion: .words(["normal", "urgent"]), help: "normal or urgent")
  static let reply = Option(
    "reply", .required("ID"), completion: .values(.messageID), help: "answer a message of your mailbox; all words are the text then")
  static let replyAll = Option(
    "reply-all", .required("ID"), completion: .values(.messageID), help: "answer a message to its sender and its other recipients")
  static let forward = Option(
    "forward", .required("ID"), completion: .values(.messageID),
    help: "pass a message of your mailbox on; the words behind the recipient go before it")
  static let truncate = Option("truncate", help: "shorten a text that is too long for the tariff or max-size, instead of refusing it")
  static let at = Option("at", .required("TIME"), help: "deliver at TIME, and charge then: 'tomorrow 09:00', +15m, RFC 3339")
  static let queue = Option("queue", help: "accept it also when it cannot be paid for now: it is sent as soon as it can")
  static let noQueue = Option("no-queue", help: "do not, although the config says queue = yes")
  static let timeout = Option("timeout", .required("SECONDS"), help: "the whole budget (default 5)")
  static let skipEmpty = Option("skip-empty", help: "send nothing, status 0, when the text is empty")
  static let printID = Option("print-id", help: "print the message's id before anything is charged")
  static let json = Option("json", help: "print the result as one line of JSON")
  static let dryRun = Option("dry-run", short: "n", help: "check everything, print the price, change nothing")
  static let status = Option("status", .required("ID"), completion: .values(.sentMessage), help: "say where a sent message is")
  static let batch = Option("batch", help: "send one message for each line of standard input: {\"to\":\"bob\",\"text\":\"...\"}")
  static let flush = Option("flush", help: "try what waits and is due, and finish what was left unfinished; for cron")
  static let all = Option("all", help: "with --flush: due or not, but nothing scheduled before its time")
  static let sent = Option("sent", help: "list what you sent, newest last")
  static let since = Option("since", .required("TIME"), help: "with --sent: from TIME on")
  static let limit = Option("limit", .required("N"), help: "with --sent: the newest N")
  static let list = Option("list", help: "list your messages that wait, in the order in which they are due")
  static let allSenders = Option("all-senders", help: "with --sent or --list: what everybody sent")
  static let initialise = Option("init", help: "make a spool with commented settings, or add what is missing there; send nothing")
  static let cancel = Option("cancel", .required("ID"), completion: .values(.waitingMessage), help: "withdraw a waiting message")

  private static let groups = [
    OptionGroup("composing", [subject, from, reply, replyAll, forward, priority, batch, skipEmpty, truncate]),
    OptionGroup("payment and delivery", [account, id, at, queue, noQueue, timeout]),
    OptionGroup("output", [dryRun, printID, json]),
    OptionGroup("querying", [status, sent, since, limit, list, allSenders]),
    OptionGroup("changing what waits", [cancel, flush, all]),
    OptionGroup("setting up", [initialise]),
  ]

  static let table = OptionTable(
    tool: "msg-send",
    summary: "Sends a text message to one or several recipients. It is paid for before it is delivered.",
    usage: [
      "[OPTION]... RECIPIENT[,RECIPIENT...] [TEXT...]", "--reply ID [OPTION]... [TEXT...]", "--reply-all ID [OPTION]... [TEXT...]",
      "--forward ID [OPTION]... RECIPIENT[,RECIPIENT...] [TEXT...]", "--batch [OPTION]...", "--sent", "--status ID",
      "--list", "--cancel ID", "--flush [--all]", "--init",
    ],
    options: groups.flatMap { $0.options }, completing: OperandCompletions(.values(.recipients)), groups: groups,
    textOperand: 1,
    notes: [
      "The text is the remaining arguments joined by one space; without any, or with a single '-', standard input is read to its end. "
        + "A text that begins with '-' stands behind '--'.",
      "Status 0: delivered and paid or, with --queue or --at, durably accepted. Anything else: not sent and nothing stays charged. 64 usage, 65 bad text, 67 no such recipient, "
        + "74 input/output, 75 try again, 77 no credit, 78 configuration.",
    ])
}
