import CommandLineTool

/// What msg-send accepts.
enum SendOptions {
  static let subject = Option("subject", short: "s", .required("TEXT"), help: "a subject")
  static let from = Option("from", .required("NAME"), help: "send as NAME (else $MSG_USER, else the login name)")
  static let id = Option("id", .required("KEY"), help: "idempotency key: the same send is made and charged once")
  static let priority = Option(
    "priority", .required("LEVEL"), completion: .words(["normal", "urgent"]), help: "normal or urgent")
  static let timeout = Option("timeout", .required("SECONDS"), help: "the whole budget (default 5)")
  static let skipEmpty = Option("skip-empty", help: "send nothing, status 0, when the text is empty")
  static let printID = Option("print-id", help: "print the message's id before anything is charged")
  static let json = Option("json", help: "print the result as one line of JSON")
  static let dryRun = Option("dry-run", short: "n", help: "check everything, print the price, change nothing")
  static let status = Option("status", .required("ID"), help: "say where a sent message is")
  static let flush = Option("flush", help: "finish what earlier sends left unfinished, and send nothing")

  static let table = OptionTable(
    tool: "msg-send",
    summary: "Sends a text message to one or several recipients. It is paid for before it is delivered.",
    usage: ["[OPTION]... RECIPIENT[,RECIPIENT...] [TEXT...]", "--status ID", "--flush"],
    options: [subject, from, id, priority, timeout, skipEmpty, printID, json, dryRun, status, flush],
    textOperand: 1,
    notes: [
      "The text is the remaining arguments joined by one space; without any, or with a single '-', standard input is read to its end.",
      "Status 0: delivered and paid. Anything else: not sent and nothing stays charged. 64 usage, 65 bad text, 67 no such recipient, "
        + "74 input/output, 75 try again, 77 no credit, 78 configuration.",
    ])
}
