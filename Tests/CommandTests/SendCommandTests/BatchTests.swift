import JSONText
import TestSupport
import Testing

/// One message a line in, one answer a line out.
@Suite struct BatchTests {
  private let spool = TestSpool()

  private func batch(_ lines: [String], _ options: [String] = []) throws -> (status: Int32, answers: [JSONValue]) {
    let outcome = try spool.run("msg-send", ["--batch"] + options, input: lines.map { "\($0)\n" }.joined())
    return (outcome.status, try outcome.lines.map { try JSONValue(parsing: $0) })
  }

  @Test func eachLineIsAnsweredInOrderAndABadOneStopsNothing() throws {
    let (status, answers) = try batch([
      #"{"to":"bob","text":"one"}"#, "nonsense", #"{"to":["bob","carol"],"text":"둘","subject":"제목","priority":"urgent"}"#, "",
      #"{"to":"bob","text":" "}"#, #"{"to":"b/d","text":"x"}"#, #"{"to":"bob","txt":"x"}"#, #"{"to":"bob","text":1}"#, "[]",
      #"{"to":"bob","text":"later","at":"+1h"}"#, #"{"text":"x"}"#, #"{"to":"dave","text":"last","from":"erin"}"#,
    ])
    #expect(answers.map { $0["line"]?.integer } == [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(
      answers.map { $0["state"]?.string }
        == ["delivered", "failed", "delivered", "failed", "failed", "failed", "failed", "failed", "scheduled", "failed", "delivered"])
    #expect(answers.filter { $0["state"] == "failed" }.allSatisfy { $0["error"]?.string?.isEmpty == false })
    #expect(status == 65, "the worst one")
    #expect(spool.messages(of: "bob").count == 2 && spool.messages(of: "carol").count == 1)
    #expect(try spool.run("msg-read", ["1"], user: "dave").output.contains("erin"))
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "97\n")
  }

  /// Breaks when a script cannot tell which of its messages failed, or how the whole went.
  @Test func answersSayWhatTheyAnswer() throws {
    #expect(try spool.run("msg-send", ["bob", "earlier"]).status == 0)
    try spool.folder.write("spool/config", "open-mailboxes = no\n")
    let outcome = try spool.run(
      "msg-send", ["--batch"],
      input: """
        {"to":"bob","text":"x","id":"good"}
        {"to":["nobody","bob"],"text":"x","id":"no mailbox"}
        {"to":"b/d,bob","text":"x","id":"bad name"}
        {"to":"bob","text":"","id":"empty"}
        {"to":"bob"}

        """)
    let answers = try outcome.lines.map { try JSONValue(parsing: $0) }
    #expect(answers.map { $0["key"]?.string } == ["good", "no mailbox", "bad name", "empty", nil])
    #expect(answers.dropFirst().map { $0["id"]?.string } == ["no mailbox", "bad name", "empty", nil], "\(outcome)")
    #expect(
      answers.map { $0["to"]?.array?.compactMap(\.string) } == [["bob"], ["nobody", "bob"], ["b/d", "bob"], ["bob"], ["bob"]], "\(outcome)")
    #expect(outcome.errors == "msg-send: 5 lines: 1 delivered, 4 failed\n", "\(outcome)")
    #expect(try spool.run("msg-send", ["-q", "--batch"], input: "{\"to\":\"bob\",\"text\":\"x\"}\n").errors.isEmpty)
  }

  /// Many messages share their syncs, and each is still one message, charged once.
  @Test func aGroupSharesItsSyncs() throws {
    let lines = (1...64).map { #"{"to":"bob","text":"number \#($0)"}"# }
    #expect(try spool.run("msg-send", ["bob,carol", "first"]).status == 0)
    let traced = try spool.run(
      "strace", ["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", spool.folder.file("trace"), "\(toolFolder)/msg-send", "--batch"],
      input: lines.map { "\($0)\n" }.joined())
    #expect(traced.status == 0 && traced.lines.count == 64, "\(traced)")
    #expect(try spool.folder.read("trace").split(separator: "\n").count == 64 + 4, "each file, outbox/, ledger, feed/, new/")
    #expect(spool.messages(of: "bob").count == 65)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "34\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
    // In the order they were given.
    #expect(try spool.run("msg-read", ["--body", "2"], user: "bob").output == "number 1\n")
    #expect(try spool.run("msg-read", ["--body", "last"], user: "bob").output == "number 64\n")
  }

  @Test func creditIsCountedWithinAGroup() throws {
    try spool.folder.write("spool/config", "opening-credit = 2\n")
    let lines = (1...4).map { #"{"to":"bob","text":"number \#($0)"}"# }
    let (status, answers) = try batch(lines)
    #expect(status == 77 && answers.map { $0["state"]?.string } == ["delivered", "delivered", "failed", "failed"])
    #expect(answers.last?["payment"] == "declined")
    let (queued, waiting) = try batch(lines, ["--queue"])
    #expect(queued == 0 && waiting.allSatisfy { $0["state"] == "queued" })
  }

  @Test func keysHoldWithinABatchAndAcrossBatches() throws {
    let lines = [#"{"to":"bob","text":"a","id":"1"}"#, #"{"to":"bob","text":"a","id":"1"}"#, #"{"to":"bob","text":"b","id":"1"}"#]
    let (status, answers) = try batch(lines)
    #expect(status == 65 && answers.map { $0["state"]?.string } == ["delivered", "delivered", "failed"])
    #expect(answers[0]["id"] == answers[1]["id"])
    #expect(try batch(Array(lines.prefix(2))).answers[0]["id"] == answers[0]["id"])
    #expect(spool.messages(of: "bob").count == 1)
  }

  /// A line is answered before the next one is written: a co-process can wait for its answer.
  @Test func aLineIsAnsweredAtOnce() throws {
    let script = """
      mkfifo '\(spool.folder.file("pipe"))'
      '\(toolFolder)/msg-send' --batch < '\(spool.folder.file("pipe"))' > '\(spool.folder.file("answers"))' &
      exec 3> '\(spool.folder.file("pipe"))'
      echo '{"to":"bob","text":"one"}' >&3
      tail -f '\(spool.folder.file("answers"))' | grep -m 1 delivered
      exec 3>&-
      wait $!
      """
    try spool.folder.write("answers", "")
    let outcome = try spool.run("timeout", ["60", "sh", "-c", script])
    #expect(outcome.status == 0 && outcome.output.contains("delivered"), "\(outcome)")
  }

  @Test func aLineBeyondTheLimitIsAnsweredAndPassedOver() throws {
    try spool.folder.write("spool/config", "max-size = 10\n")
    let long = #"{"to":"bob","text":"\#(String(repeating: "x", count: 200_000))"}"#
    let (status, answers) = try batch([long, #"{"to":"bob","text":"short"}"#])
    #expect(status == 65 && answers.map { $0["state"]?.string } == ["failed", "delivered"])
  }

  @Test func answersThatCannotBeWrittenAreAnError() throws {
    let script = "echo '{\"to\":\"bob\",\"text\":\"one\"}' | '\(toolFolder)/msg-send' --batch > /dev/full"
    let outcome = try spool.run("sh", ["-c", script])
    #expect(outcome.status == 74 && outcome.errors.contains("lines 1 to 1 were handled"), "\(outcome)")
  }

  @Test(arguments: [["bob"], ["--id", "x"], ["--print-id"]]) func whatBelongsIntoALineIsNoArgument(arguments: [String]) throws {
    #expect(try spool.run("msg-send", ["--batch"] + arguments, input: "").status == 64)
  }

  @Test func dryRunPricesEachLine() throws {
    let (status, answers) = try batch([#"{"to":"bob,carol","text":"x"}"#, "{"], ["--dry-run"])
    #expect(status == 65 && answers[0]["price"] == 2 && answers[0]["state"] == "checked")
    #expect(spool.folder.names(in: "spool").isEmpty, "nothing is made")
  }
}
