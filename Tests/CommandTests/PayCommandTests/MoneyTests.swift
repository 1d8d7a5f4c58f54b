import JSONText
import TestSupport
import Testing

/// msg-pay as a person and a script use it.
@Suite struct MoneyTests {
  private let spool = TestSpool()
  private func pay(_ words: String..., environment: [String: String] = [:]) throws -> ToolRun {
    try spool.run("msg-pay", words, environment: environment)
  }

  /// Breaks when success is not silent, or a balance is more than the number.
  @Test func chargeAndBalance() throws {
    for words in [["topup", "alice", "50", "--open"], ["charge", "alice", "30", "--id", "a"]] {
      let run = try spool.run("msg-pay", words)
      #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(run)")
    }
    #expect(try pay("balance", "alice").output == "120\n")
    #expect(try pay("topup", "bob", "1", "--open").status == 0)
    #expect(try pay("balance").output == "alice  120\nbob    101\n")
  }

  /// Breaks when a repeated request does anything, or is answered otherwise than the first time.
  @Test(arguments: [["topup", "alice", "50", "--open"], ["charge", "alice", "30"]]) func aRepeatedIdIsDoneOnce(words: [String]) throws {
    for _ in 0..<3 { #expect(try spool.run("msg-pay", words + ["--id", "key"]).status == 0) }
    #expect(try pay("history", "--json").lines.count == 2)
    let other = try spool.run("msg-pay", [words[0], "alice", "7"] + words.dropFirst(3) + ["--id", "key"])
    #expect(other.status == 65 && other.errors.contains("'key' is the key of another request"), "\(other)")
    let memo = try spool.run("msg-pay", words + ["--id", "key", "--memo", "another"])
    #expect(memo.status == 65 && memo.errors.contains("'key' is the key of another request"), "\(memo)")
    #expect(try pay("history", "--json").lines.count == 2)
  }

  /// Breaks when the sentence of a declined charge does not say who, what is there, what it costs, and what helps.
  @Test func noCredit() throws {
    let run = try pay("charge", "alice", "101", "--id", "a")
    #expect(run.status == 77)
    #expect(
      run.errors == "msg-pay: no credit: alice has 100 credit and this costs 101; nothing was charged: "
        + "top it up with 'msg-pay topup alice 1' or more\n")
    #expect(try pay("balance", "alice").output == "100\n")
    #expect(try pay("topup", "alice", "1").status == 0)
    #expect(try pay("charge", "alice", "101", "--id", "a").status == 0, "the key is still free")
  }

  /// Breaks when void and refund do not give back once, or do not answer again as before.
  @Test func givingBack() throws {
    #expect(try pay("refund", "a").status == 66)
    _ = try pay("charge", "alice", "30", "--id", "a")
    let refund = try pay("refund", "a")
    #expect(refund.status == 65 && refund.errors.contains("use 'msg-pay void --id a'"), "\(refund)")
    for _ in 0..<2 { #expect(try pay("void", "--id", "a").status == 0) }
    #expect(try pay("status", "--id", "a").output.hasPrefix("voided alice 30 "))
    for words in [["30"], ["30", "--memo", "again"], ["7"]] {
      let again = try spool.run("msg-pay", ["charge", "alice"] + words + ["--id", "a"])
      #expect(again.status == 77 && again.errors.contains("'a' was voided: a voided key is never charged again"), "\(again)")
    }
    #expect(try pay("void", "--id", "a").status == 0)
    #expect(try pay("balance", "alice").output == "100\n")
    let unknown = try pay("status", "--id", "b")
    #expect(unknown.status == 66 && unknown.output.isEmpty && unknown.errors.contains("'b'"))
  }

  /// Breaks when the void of a key that nothing was charged under is silent, since the key may be mistyped, or is forgotten: a charge that
  /// it overtook is then made.
  @Test func aVoidOfNothingIsRemembered() throws {
    for _ in 0..<2 {
      let void = try pay("void", "--id", "early")
      #expect(void.status == 0 && void.errors == "msg-pay: nothing was charged under 'early', and from now on nothing is\n", "\(void)")
    }
    #expect(try pay("void", "--id", "other", "-q").errors.isEmpty)
    #expect(try pay("refund", "early").status == 66)
    for words in [["charge", "bob", "5"], ["topup", "bob", "5", "--open"], ["gateway", "charge", "early", "5", "credit", "bob"]] {
      let refused = try spool.run("msg-pay", words + (words[0] != "gateway" ? ["--id", "early"] : []))
      #expect(refused.status == 77 && refused.errors.contains("'early' was voided before"), "\(words): \(refused)")
    }
    #expect(try pay("balance", "bob").status == 66)
    #expect(try pay("verify").status == 0)
    // An id that was printed for a send, and is then sent with.
    let id = try #require(try spool.run("msg-send", ["--print-id", "bob", "hi"]).lines.first)
    let unsent = String(id.dropLast(4)) + "0000"
    #expect(try pay("void", "--id", unsent).status == 0)
    #expect(try spool.run("msg-send", ["--status", unsent]).status == 66)
  }

  /// A message that waits for credit. Breaks when it is barred from being paid while it still waits.
  @Test func aMessageThatWaitsIsCancelledNotVoided() throws {
    let id = try #require(try spool.run("msg-send", ["--print-id", "--at", "+1h", "bob", "hi"]).lines.first)
    let void = try pay("void", "--id", id)
    #expect(void.status == 65 && void.errors.contains("is not delivered yet: 'msg-send --cancel \(id)'"), "\(void)")
    #expect(try spool.run("msg-send", ["--cancel", id]).status == 0)
  }

  /// Breaks when the charge of a delivered message can be voided, which would leave it readable, unpaid and to be sent again.
  @Test func aDeliveredMessageIsRefundedAndNotVoided() throws {
    let sent = try spool.run("msg-send", ["--from", "alice", "--id", "key", "--print-id", "bob", "hi"])
    #expect(sent.status == 0)
    let id = try #require(sent.lines.first)
    let void = try pay("void", "--id", id)
    #expect(void.status == 65 && void.errors.contains("was delivered: use 'msg-pay refund \(id)'"), "\(void)")
    #expect(try pay("balance", "alice").output == "99\n")
    for _ in 0..<2 { #expect(try pay("refund", id).status == 0) }
    #expect(try pay("status", "--id", id).output.hasPrefix("refunded alice 1 "))
    #expect(try pay("balance", "alice").output == "100\n")
    #expect(try spool.run("msg-send", ["--from", "alice", "--id", "key", "bob", "hi"]).status == 0)
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "1\n", "no second copy")
    #expect(try pay("verify").status == 0)
  }

  /// Breaks when a person must look up the id of a message that was sent with a key.
  @Test func aRefundTakesTheKeyOfTheSend() throws {
    for (sender, key) in [("alice", "order-1"), ("alice", "order-2"), ("carol", "order-2")] {
      #expect(try spool.run("msg-send", ["--from", sender, "--id", key, "bob", "hi"]).status == 0)
    }
    #expect(try pay("history", "alice").lines[2].contains("  order-1  "))
    for _ in 0..<2 { #expect(try pay("refund", "order-1").status == 0) }
    #expect(try pay("balance", "alice").output == "99\n")
    let ambiguous = try pay("refund", "order-2")
    #expect(ambiguous.status == 64, "\(ambiguous)")
    for sender in ["alice", "carol"] { #expect(ambiguous.errors.contains(" of \(sender)"), "\(ambiguous)") }
    #expect(try pay("refund", "order-3").status == 66)
    #expect(try pay("balance", "carol").output == "99\n")
  }

  /// Breaks when a command that changes the book trusts a spool that anybody may write to.
  @Test(arguments: [["topup", "alice", "1"], ["charge", "alice", "1", "--id", "b"], ["void", "--id", "a"], ["refund", "a"], ["repair"]])
  func aSpoolThatOthersMayWriteToIsRefused(words: [String]) throws {
    #expect(try pay("charge", "alice", "30", "--id", "a").status == 0)
    #expect(try TestSupport.run("chmod", ["777", spool.path]).status == 0)
    let run = try spool.run("msg-pay", words)
    #expect(run.status == 78 && run.errors.contains("others may write"), "\(run)")
    #expect(try pay("balance", "alice").output == "70\n")
  }

  /// Breaks when a script does not get a payment, or a balance, in keys it can rely on.
  @Test func answersAsJSON() throws {
    func json(_ words: String...) throws -> String { try spool.run("msg-pay", words + ["--json"]).output }
    #expect(
      try json("topup", "alice", "5", "--open", "--id", "t") == #"{"id":"t","account":"alice","amount":5,"balance":105,"state":"topup"}"#
        + "\n")
    let charged = #"{"id":"c","account":"alice","amount":7,"balance":98,"state":"charged"}"# + "\n"
    #expect(try json("charge", "alice", "7", "--id", "c") == charged)
    #expect(try json("charge", "alice", "7", "--id", "c") == charged, "as the first time")
    #expect(try json("void", "--id", "c") == #"{"id":"c","account":"alice","amount":7,"balance":105,"state":"voided"}"# + "\n")
    #expect(try json("void", "--id", "x") == #"{"id":"x","account":null,"amount":null,"balance":null,"state":"unknown"}"# + "\n")
    let id = try #require(try spool.run("msg-send", ["--from", "alice", "--print-id", "bob", "hi"]).lines.first)
    #expect(try json("refund", id) == #"{"id":"\#(id)","account":"alice","amount":1,"balance":105,"state":"refunded"}"# + "\n")
    #expect(try pay("topup", "bob", "1", "--open").status == 0)
    #expect(try json("balance", "alice") == #"{"account":"alice","balance":105,"currency":"credit"}"# + "\n")
    #expect(
      try json("balance").split(separator: "\n") == [
        #"{"account":"alice","balance":105,"currency":"credit"}"#, #"{"account":"bob","balance":101,"currency":"credit"}"#,
      ])
  }

  /// Breaks when something that is no request is accepted, or is refused without naming what is wrong.
  @Test(arguments: [
    (["topup", "alice", "0"], 64, "'0'"), (["topup", "alice", "-5"], 64, "'-5'"), (["topup", "alice", "1.5"], 64, "'1.5'"),
    (["topup", "alice", "99999999999999999999"], 64, "'99999999999999999999'"),
    (["topup", "alice", "9223372036854775807"], 64, "invalid amount"),
    (["topup", "=cash", "5"], 64, "'=cash'"), (["topup", "한준성", "5"], 64, "'한준성'"), (["topup", "alice"], 64, "AMOUNT"),
    (["topup"], 64, "ACCOUNT"),
    (["topup", "alice", "5", "--memo", "a\u{1b}[2Jb"], 64, "memo"), (["topup", "alice", "5", "--memo", "a\nb"], 64, "memo"),
    (["verify", "now"], 64, "write 'msg-pay verify'"), (["quote", ""], 65, "empty"), (["quote", " \n"], 65, "empty"),
    (["topup", "alice", "5", "6"], 64, "'6'"), (["charge", "alice", "5"], 64, "--id"), (["charge", "alice", "5", "--id", ""], 64, "key"),
    (["charge", "alice", "5", "--id", "a\nb"], 64, "key"), (["void"], 64, "--id"), (["refund"], 64, "ID"), (["status"], 64, "--id"),
    (["balance", "a", "b"], 64, "'b'"), (["history", "--since", "soon"], 64, "'soon'"), (["history", "--limit", "-1"], 64, "--limit"),
    (["blance"], 64, "balance"), ([], 64, "no command"), (["balance", "--id", "x"], 64, "--id"), (["verify", "now"], 64, "'now'"),
    (["topup", "alice", "5", "--memo", String(repeating: "한", count: 60)], 65, "memo"), (["balance", "alice"], 66, "spool"),
  ]) func badInput(words: [String], status: Int32, named: String) throws {
    let run = try spool.run("msg-pay", words)
    #expect(run.status == status && run.output.isEmpty, "\(run)")
    #expect(run.errors.hasPrefix("msg-pay: ") && run.errors.contains(named), "\(run)")
    #expect(spool.folder.names(in: "spool").isEmpty, "nothing is made")
  }

  /// Breaks when a reader makes something, or a writer does not make a missing spool.
  @Test func readersMakeNothing() throws {
    for words in [["balance"], ["history"], ["journal"], ["verify"], ["repair"], ["status", "--id", "a"], ["refund", "a"]] {
      let run = try spool.run("msg-pay", words)
      #expect(run.status == 66, "\(words): \(run)")
    }
    #expect(spool.folder.names(in: "spool").isEmpty)
    #expect(try pay("topup", "alice", "1", "--open").status == 0)
  }

  /// Breaks when Hangul does not survive a locale that knows only ASCII (cron).
  @Test func localeC() throws {
    #expect(try pay("topup", "alice", "1", "--open", "--id", "키", "--memo", "회비", environment: ["LC_ALL": "C"]).status == 0)
    let line = try #require(try pay("history", "--json", environment: ["LC_ALL": "C"]).lines.last)
    let record = try JSONValue(parsing: line)
    #expect(record["id"]?.string == "키" && record["memo"]?.string == "회비")
  }

  /// Breaks when what only 'msg-pay' knows of is told as a message: its key may look like an id.
  @Test(arguments: ["", "memo"]) func aChargeIsNoMessage(memo: String) throws {
    let sent = try spool.run("msg-send", ["--from", "alice", "--print-id", "bob", "hi"])
    let message = try #require(sent.lines.first)
    let id = String(message.dropLast(4)) + "0000"
    let words = ["alice", "5", "--id", id] + (memo.isEmpty ? [] : ["--memo", memo])
    func expectNoMessage() throws {
      let status = try spool.run("msg-send", ["--status", id])
      #expect(status.status == 66 && status.output.isEmpty && status.errors.contains("'\(id)' is not known"), "\(status)")
      #expect(try spool.run("msg-send", ["--from", "alice", "--sent"]).lines.count == 1)
    }
    #expect(try spool.run("msg-pay", ["charge"] + words).status == 0)
    try expectNoMessage()
    #expect(try pay("void", "--id", id).status == 0)
    try expectNoMessage()
    #expect(try spool.run("msg-send", ["--status", message]).status == 0)
    #expect(try pay("refund", message).status == 0)
    #expect(try spool.run("msg-send", ["--status", message]).output.contains("delivered"))
  }

  /// Breaks when an answer that cannot be written hides that money was moved: who tries again without the id moves it twice.
  @Test(arguments: [">/dev/full", ">&-", ">&4"]) func whatWasDoneIsToldWhereTheAnswerIsLost(redirection: String) throws {
    // Number 4 is a pipe whose only reader is gone.
    let pipe = "[ -e $PIPE ] || mkfifo $PIPE; exec 3<>$PIPE 4>$PIPE; exec 3>&-"
    func lost(_ words: String) throws -> ToolRun {
      let run = try TestSupport.run(
        "sh", ["-c", "\(pipe); msg-pay \(words) --json \(redirection)"],
        environment: ["PATH": "\(toolFolder):/usr/bin:/bin", "MSG_SPOOL": spool.path, "PIPE": spool.folder.file("pipe")])
      #expect(run.status == 74 && run.errors.contains("standard output") && !run.errors.contains("nothing"), "\(words): \(run)")
      return run
    }
    let toppedUp = try lost("topup alice 25 --open").errors
    let id = try #require(try pay("history", "alice", "--json").lines.last.flatMap { try JSONValue(parsing: $0)["id"]?.string })
    #expect(toppedUp.contains("25 WAS credited to alice as \(id), but ") && toppedUp.contains("'--id \(id)'"), "\(toppedUp)")
    #expect(try pay("topup", "alice", "25", "--id", id).status == 0)
    #expect(try pay("balance", "alice").output == "125\n", "repeated, not done again")
    let charged = try lost("charge alice 5 --id k").errors
    #expect(charged.contains("5 WAS charged to alice as 'k', but ") && charged.contains("'--id k'"), "\(charged)")
    let voided = try lost("void --id k").errors
    #expect(voided.contains("the charge 'k' of 5 WAS given back to alice, but "), "\(voided)")
    let message = try #require(try spool.run("msg-send", ["--from", "alice", "--print-id", "bob", "hi"]).lines.first)
    let refunded = try lost("refund \(message)").errors
    #expect(refunded.contains("the charge \(message) of 1 WAS given back to alice, but "), "\(refunded)")
    #expect(try pay("balance", "alice").output == "125\n")
  }

  /// Breaks when a full or closed stdout is taken for success, or harms the book.
  @Test func standardOutputFails() throws {
    _ = try pay("topup", "alice", "1", "--open")
    for redirection in [">/dev/full", ">&-"] {
      let run = try TestSupport.run("sh", ["-c", "\(toolFolder)/msg-pay --spool '\(spool.path)' balance alice \(redirection)"])
      #expect(run.status == 74 && run.errors.contains("standard output"), "\(run)")
    }
    let charge = try TestSupport.run("sh", ["-c", "\(toolFolder)/msg-pay --spool '\(spool.path)' charge alice 1 --id z >&- 2>&-"])
    #expect(charge.status == 0)
    #expect(try pay("verify").status == 0)
  }
}
