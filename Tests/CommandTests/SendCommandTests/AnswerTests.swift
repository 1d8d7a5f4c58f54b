import JSONText
import TestSupport
import Testing

/// What a script gets back, also when nothing was sent.
@Suite struct AnswerTests {
  private let spool = TestSpool()

  /// Every refusal but a usage error is an object too. Breaks when one path forgets `--json`.
  @Test func refusalsAreObjectsToo() throws {
    for (arguments, status) in [(["bob", " "], 65), (["bob", "x", "--id", "k"], 65), (["poor,bob", "x", "--from", "nobody"], 77)]
      as [([String], Int32)]
    {
      if status == 65 { #expect(try spool.run("msg-send", ["--id", "k", "bob", "first"]).status == 0) }
      if status == 77 { #expect(try spool.run("msg-pay", ["charge", "nobody", "99", "--id", "all"]).status == 0) }
      let outcome = try spool.run("msg-send", ["--json"] + arguments)
      #expect(outcome.status == status && outcome.lines.count == 1, "\(outcome)")
      let answer = try JSONValue(parsing: outcome.output)
      #expect(answer["state"] == "failed" && answer["error"]?.string != nil, "\(outcome)")
    }
    #expect(try spool.run("msg-send", ["--json", "--frob"]).output.isEmpty)
  }

  @Test func aDryRunAnswersInJSON() throws {
    let answer = try JSONValue(parsing: spool.run("msg-send", ["--dry-run", "--json", "bob,carol", "hi"]).output)
    #expect(answer["price"] == 2 && answer["state"] == "checked" && answer["to"] == .array(["bob", "carol"]))
    #expect(try spool.run("msg-send", ["--dry-run", "--print-id", "bob", "hi"]).status == 64)
  }

  /// A send under a key that is answered with an id can be repeated by that id.
  @Test func anIdOfAKeyedSendIsItsKeyToo() throws {
    let id = String(try spool.run("msg-send", ["--id", "order-1", "--print-id", "bob", "hi"]).output.dropLast())
    #expect(try spool.run("msg-send", ["--id", id, "bob", "hi"]).status == 0)
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "99\n")
  }

  @Test func aRefusedSendLeavesNoMailbox() throws {
    try spool.folder.write("spool/config", "opening-credit = 0\n")
    #expect(try spool.run("msg-send", ["newcomer", "hi"]).status == 77)
    #expect(spool.folder.names(in: "spool/mailboxes").isEmpty)
  }

  /// What comes later is not said to have come earlier.
  @Test func theTimesOfAMessageAreInOrder() throws {
    let id = String(try spool.run("msg-send", ["--print-id", "bob", "hi"]).output.dropLast())
    let answer = try JSONValue(parsing: spool.run("msg-send", ["--status", id, "--json"]).output)
    let times = ["accepted", "paid", "delivered"].map { answer[$0]?.string ?? "" }
    #expect(times == times.sorted() && !times.contains(""), "\(times)")
  }

  @Test(arguments: [["--color=blue", "bob", "hi"], ["--status", "x", "--flush"]])
  func contradictionsAreUsageErrors(arguments: [String]) throws {
    #expect(try spool.run("msg-send", arguments).status == 64)
    #expect(spool.messages(of: "bob").isEmpty)
  }

  /// The limit counts what was written, not the line feed that a shell adds.
  @Test func theFinalLineFeedIsNotCounted() throws {
    try spool.folder.write("spool/config", "max-size = 5\n")
    #expect(try spool.run("msg-send", ["bob"], input: "12345\n").status == 0)
    #expect(try spool.run("msg-send", ["bob"], input: "12345\n\n").status == 65)
    #expect(try spool.run("msg-send", ["bob"], input: "123456").status == 65)
  }
}
