import CommandLineTool

/// What msg-pay accepts on its command line.
enum PayOptions {
  static let id = Option("id", .required("KEY"), help: "the key of the payment; repeated, it answers as the first time")
  /// The key of a payment that was made.
  static let knownID = Option("id", .required("KEY"), completion: .values(.payment), help: id.help)
  static let memo = Option("memo", .required("TEXT"), help: "a remark, shown by history and journal")
  static let open = Option("open", help: "open the account where it is not there")
  static let since = Option("since", .required("TIME"), help: "nothing before that time")
  static let until = Option("until", .required("TIME"), help: "nothing from that time on")
  static let limit = Option("limit", .required("N"), help: "the newest N of them")
  static let json = Option("json", help: "one JSON object a line")
  static let subject = Option("subject", short: "s", .required("TEXT"), help: "a subject, which is counted too")

  static let initialise = Option("init", help: "the same as the command init")
  static let batch = Option("batch", help: "a request for each line of standard input: JSON with id, account, amount, memo; or CSV")
  static let every = Option(
    "every", .required("PERIOD"), completion: .words(["day", "week", "month"]), help: "day, week or month by the clock on the wall")
  static let rollover = Option(
    "rollover", .required("WHAT"), completion: .words(["no", "yes"]),
    help: "what is left then: no (it lapses), yes (it stays), or so much of it")
  static let account = Option("account", .required("NAME"), completion: .values(.account), help: "an account")
  static let month = Option("month", .required("YYYY-MM"), help: "the month of the statement")
  static let csv = Option("csv", help: "comma-separated values")

  static let check = Option("check", help: "print nothing; 0 where every breaker is closed and every command can be run")
  static let isolate = Option("isolate", help: "take it out of service: nothing is asked until --reset")
  static let disable = Option("disable", help: "let everything through, whatever happens, until --reset")
  static let reset = Option("reset", help: "closed, as if nothing had been")
  static let charged = Option("charged", .required("REF"), help: "the gateway has charged it, and calls it REF")
  static let notCharged = Option("not-charged", help: "the gateway has not charged it, or has given it back")

  static let mounts = Option(
    "mounts", .required("DIR"), completion: .directory, help: "test the spool's network mount against DIR, another mount of its folder")
  private static let accounts = OperandCompletions(.values(.account))

  static let table = OptionTable(
    tool: "msg-pay", summary: "Keeps the prepaid accounts that messages are paid from.",
    usage: ["COMMAND [ARGUMENT]... [OPTION]...", "--init"],
    options: [initialise],
    groups: [
      OptionGroup("payments", [id, memo, open, batch, every, rollover]),
      OptionGroup("querying", [since, until, limit, account, month, csv, subject, json]),
      OptionGroup("breakers", [check, isolate, disable, reset]),
      OptionGroup("settling", [charged, notCharged]),
      OptionGroup("setting up", [initialise, mounts]),
    ],
    commands: [
      Command("init", help: "make a spool with commented settings, or add what is missing there"),
      Command("balance", operands: "[ACCOUNT]", completing: accounts, help: "what an account has, or a table of all", options: [json]),
      Command(
        "topup", operands: "[ACCOUNT AMOUNT]", completing: accounts, help: "credit an account; a new one with --open",
        options: [id, memo, open, batch, json]),
      Command(
        "reverse", operands: "KEY", completing: OperandCompletions(.values(.topUp)), help: "take a top-up back, once", options: [id, json]),
      Command("payout", operands: "ACCOUNT AMOUNT", completing: accounts, help: "pay credit back to its owner", options: [id, memo, json]),
      Command(
        "adjust", operands: "ACCOUNT -- ±AMOUNT --memo TEXT", completing: accounts,
        help: "correct a balance, against an account of its own",
        options: [id, memo, json]),
      Command("open", operands: "ACCOUNT", completing: accounts, help: "open an account, or a closed one again", options: [id, json]),
      Command(
        "allow", operands: "[ACCOUNT AMOUNT --every PERIOD]", completing: accounts,
        help: "give credit in each period in which the account is used; 0 ends it",
        options: [every, rollover, json]),
      Command(
        "close", operands: "ACCOUNT", completing: accounts, help: "close an account: 77 for further charges; its history stays",
        options: [id, json]),
      Command("rename", operands: "OLD NEW", completing: accounts, help: "move an account to a new name", options: [id, json]),
      Command(
        "charge", operands: "[ACCOUNT AMOUNT --id KEY]", completing: accounts, help: "charge an account, once a key; 77 without credit",
        options: [id, memo, batch, json]),
      Command("status", operands: "--id KEY", help: "what is known of a payment", options: [knownID, json]),
      Command("void", operands: "--id KEY", help: "take a charge back for which nothing is delivered", options: [knownID, json]),
      Command(
        "refund", operands: "ID", completing: OperandCompletions(.values(.sentMessage)),
        help: "give a delivered message's charge back, once", options: [json]),
      Command(
        "history", operands: "[ACCOUNT]", completing: accounts, help: "all movements, the newest last; 1 where there are none",
        options: [since, until, limit, json]),
      Command("quote", operands: "[TEXT | -]", help: "what a message would cost, and why", options: [subject, json]),
      Command(
        "statement", operands: "ACCOUNT --month YYYY-MM", completing: accounts,
        help: "what an account had, its movements by day, what it has",
        options: [month, csv, json]),
      Command(
        "journal", help: "the book, or a part of it, as an hledger journal with balance assertions", options: [account, since, until]),
      Command("verify", help: "silent and 0, or each fault of the book (or between two mounts) and 65", options: [mounts]),
      Command("repair", help: "rebuild a damaged ledger"),
      Command(
        "breaker", operands: "[GATEWAY]", completing: OperandCompletions(.values(.gateway)),
        help: "show gateway state, or change a breaker",
        options: [json, check, isolate, disable, reset]),
      Command("doubt", help: "payments with an unknown outcome; 1 when there are none", options: [json]),
      Command(
        "settle", operands: "ID --charged REF | --not-charged", completing: OperandCompletions(.values(.doubtfulPayment)),
        help: "say what became of a payment that only a person can tell",
        options: [charged, notCharged]),
      Command(
        "reconcile", operands: "FILE.csv", completing: OperandCompletions(.file),
        help: "compare a provider's list of keys and amounts with the book; 1 where they differ",
        options: [since, until, json]),
      Command(
        "gateway", operands: "test [NAME] | charge|status|void KEY AMOUNT CURRENCY ACCOUNT",
        completing: OperandCompletions(.words(["test", "charge", "status", "void"]), .values(.gateway)),
        help: "ask a gateway all that it is ever asked, and tell what would go wrong; or answer as the gateway of another spool",
        options: [account, json]),
    ],
    takesNegativeNumbers: true,
    notes: [
      "Amounts have as many decimals as the config says, in JSON they are whole numbers of the smallest unit. TIME is one of \(TimeExpression.forms).",
      "Exit status: 0 done, 1 nothing to show, 64 usage, 65 faulty book or conflicting key, 66 no such spool, account or key, "
        + "69 gateway out of service, 74 I/O error, 75 try again, 77 no credit.",
    ])
}
