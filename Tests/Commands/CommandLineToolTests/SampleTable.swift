@testable import CommandLineTool

/// Tables of tools that do not exist, with one option of every shape.
enum SampleTable {
  static let subject = Option("subject", short: "s", .required("TEXT"), help: "the subject: one line, 'quoted' [or not]")
  static let peek = Option("peek", short: "p", help: "do not mark it read")
  static let all = Option("all", short: "a", help: "all of them")
  static let wait = Option("wait", .optional("SECONDS"), help: "wait for one")
  static let sort = Option("sort", .required("KEY"), completion: .words(["date", "from", "size"]), help: "what to sort by")

  static let to = Option("to", .required("NAME"), completion: .values(.recipient), help: "for whom")
  static let file = Option("file", .required("FILE"), completion: .file, help: "where")

  static let plain = OptionTable(
    tool: "sample-tool", summary: "Does nothing.", usage: ["[OPTION]..."], options: [subject, peek, all, wait, sort])
  static let completed = OptionTable(
    tool: "sample-tool", summary: "Does nothing.", usage: ["[OPTION]..."], options: [subject, peek, all, wait, sort, to, file],
    completing: OperandCompletions(.values(.recipients)))

  static let account = Option("account", .required("NAME"), help: "whose")
  static let json = Option("json", help: "as JSON")
  static let withCommands = OptionTable(
    tool: "sample-bank", summary: "Does nothing.", usage: ["COMMAND"], options: [all],
    commands: [
      Command(
        "balance", operands: "[ACCOUNT]", completing: OperandCompletions(.values(.account)), help: "the bank's balance: now",
        options: [json]),
      Command("history", help: "what happened", options: [account, json]),
      Command("verify", help: "checks"),
    ], takesNegativeNumbers: true)
}
