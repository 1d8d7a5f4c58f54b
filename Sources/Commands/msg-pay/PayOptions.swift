import CommandLineTool

/// What msg-pay accepts on its command line.
enum PayOptions {
  static let id = Option("id", .required("KEY"), help: "the key of the payment; repeated, it answers as the first time")
  static let memo = Option("memo", .required("TEXT"), help: "a remark, shown by history and journal")
  static let open = Option("open", help: "open the account where it is not there")
  static let since = Option("since", .required("TIME"), help: "nothing before that time")
  static let until = Option("until", .required("TIME"), help: "nothing from that time on")
  static let limit = Option("limit", .required("N"), help: "the newest N of them")
  static let json = Option("json", help: "one JSON object a line")
  static let subject = Option("subject", short: "s", .required("TEXT"), help: "a subject, which is counted too")

  static let initialise = Option("init", help: "the same as the command init")

  static let check = Option("check", help: "print nothing; 0 where every breaker is closed, else 1")
  static let isolate = Option("isolate", help: "take it out of service: nothing is asked until --reset")
  static let disable = Option("disable", help: "let everything through, whatever happens, until --reset")
  static let reset = Option("reset", help: "closed, as if nothing had been")
  static let charged = Option("charged", .required("REF"), help: "the gateway has charged it, and calls it REF")
  static let notCharged = Option("not-charged", help: "the gateway has not charged it, or has given it back")

  static let table = OptionTable(
    tool: "msg-pay", summary: "Keeps the prepaid accounts that messages are paid from.",
    usage: ["COMMAND [ARGUMENT]... [OPTION]...", "--init"],
    options: [initialise],
    groups: [
      OptionGroup("payments", [id, memo, open]),
      OptionGroup("querying", [since, until, limit, subject, json]),
      OptionGroup("breakers", [check, isolate, disable, reset]),
      OptionGroup("settling", [charged, notCharged]),
      OptionGroup("setting up", [initialise]),
    ],
    commands: [
      Command("init", help: "make a spool with commented settings, or add what is missing there"),
      Command("balance", operands: "[ACCOUNT]", help: "what an account has, or a table of all", options: [json]),
      Command("topup", operands: "ACCOUNT AMOUNT", help: "credit an account; a new one with --open", options: [id, memo, open, json]),
      Command("reverse", operands: "KEY", help: "take a top-up back, once", options: [id, json]),
      Command("payout", operands: "ACCOUNT AMOUNT", help: "pay credit back to its owner", options: [id, memo, json]),
      Command(
        "adjust", operands: "ACCOUNT -- ±AMOUNT --memo TEXT", help: "correct a balance, against an account of its own",
        options: [id, memo, json]),
      Command("open", operands: "ACCOUNT", help: "open an account, or a closed one again", options: [id, json]),
      Command("close", operands: "ACCOUNT", help: "close an account: 77 for further charges; its history stays", options: [id, json]),
      Command("rename", operands: "OLD NEW", help: "move an account to a new name", options: [id, json]),
      Command(
        "charge", operands: "ACCOUNT AMOUNT --id KEY", help: "charge an account, once a key; 77 without credit", options: [id, memo, json]),
      Command("status", operands: "--id KEY", help: "what is known of a payment", options: [id, json]),
      Command("void", operands: "--id KEY", help: "take a charge back for which nothing is delivered", options: [id, json]),
      Command("refund", operands: "ID", help: "give a delivered message's charge back, once", options: [json]),
      Command(
        "history", operands: "[ACCOUNT]", help: "all movements, oldest first; 1 where there are none",
        options: [since, until, limit, json]),
      Command("quote", operands: "[TEXT | -]", help: "what a message would cost, and why", options: [subject, json]),
      Command("journal", help: "the whole book as an hledger journal with balance assertions"),
      Command("verify", help: "silent and 0, or each fault of the book and 65"),
      Command("repair", help: "rebuild a damaged ledger"),
      Command(
        "breaker", operands: "[GATEWAY]", help: "show gateway state, or change a breaker",
        options: [json, check, isolate, disable, reset]),
      Command("doubt", help: "payments with an unknown outcome; 1 when there are none", options: [json]),
      Command(
        "settle", operands: "ID --charged REF | --not-charged", help: "say what became of a payment that only a person can tell",
        options: [charged, notCharged]),
      Command(
        "gateway", operands: "charge|status|void KEY AMOUNT CURRENCY ACCOUNT",
        help: "answer as the gateway of another spool: ok REF, 77 or 69"),
    ],
    takesNegativeNumbers: true,
    notes: [
      "Amounts are positive whole numbers of the currency's smallest unit. TIME is one of \(TimeExpression.forms).",
      "Exit status: 0 done, 1 nothing to show, 64 usage, 65 faulty book or conflicting key, 66 no such spool, account or key, "
        + "69 gateway out of service, 74 I/O error, 75 try again, 77 no credit.",
    ])
}
