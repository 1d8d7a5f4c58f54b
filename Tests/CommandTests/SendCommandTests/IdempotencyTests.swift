import JSONText
import TestSupport
import Testing

/// The same key is one send, however often it is repeated (invariant 2).
@Suite struct IdempotencyTests {
  private let spool = TestSpool()

  @Test func repeatingAnswersTheSame() throws {
    let first = try spool.run("msg-send", ["--id", "invoice-7", "--print-id", "bob", "hi"])
    let second = try spool.run("msg-send", ["--id", "invoice-7", "--print-id", "bob", "hi"])
    #expect(first.status == 0 && second.status == 0 && first.output == second.output && first.output.count == 27)
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "99\n")
  }

  @Test(arguments: [["bob", "other"], ["carol", "hi"], ["-s", "x", "bob", "hi"], ["--priority", "urgent", "bob", "hi"]])
  func otherContentIsRefused(arguments: [String]) throws {
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "hi"]).status == 0)
    let other = try spool.run("msg-send", ["--id", "k"] + arguments)
    #expect(other.status == 65, "\(other)")
    #expect(spool.messages(of: "bob").count == 1 && spool.messages(of: "carol").isEmpty)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "99\n")
  }

  /// Keys are per sender: nobody occupies another's.
  @Test func keysArePerSender() throws {
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "hi"]).status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "something else"], user: "carol").status == 0)
    #expect(spool.messages(of: "bob").count == 2)
  }

  /// An id that was printed is a key for the same send; for another sender it is just some key.
  @Test func aPrintedIdRepeatsItsSend() throws {
    let id = String(try spool.run("msg-send", ["--print-id", "bob", "hi"]).output.dropLast())
    let again = try spool.run("msg-send", ["--id", id, "--print-id", "bob", "hi"])
    #expect(again.status == 0 && again.output == id + "\n")
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try spool.run("msg-send", ["--id", id, "bob", "hi"], user: "carol").status == 0)
    #expect(spool.messages(of: "bob").count == 2)
  }

  /// A declined send leaves its key free.
  @Test func aDeclinedKeyIsFreeAgain() throws {
    #expect(try spool.run("msg-pay", ["charge", "alice", "100", "--id", "all"]).status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "hi"]).status == 77)
    #expect(try spool.run("msg-pay", ["topup", "alice", "5"]).status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "something else"]).status == 0)
    #expect(spool.messages(of: "bob").count == 1)
  }

  /// 20 at once under one key, 8 without: one and eight messages.
  @Test func concurrentRepeatsAreOneSend() throws {
    let tool = "\(toolFolder)/msg-send"
    let script = """
      for i in $(seq 20); do '\(tool)' --timeout 60 --id same bob hi & pids="$pids $!"; done
      for i in $(seq 8); do '\(tool)' --timeout 60 bob "n$i" & pids="$pids $!"; done
      for p in $pids; do wait $p || exit 1; done
      """
    let outcome = try spool.run("sh", ["-c", script])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(spool.messages(of: "bob").count == 9)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "91\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  @Test(arguments: ["", String(repeating: "k", count: 256), "a\nb", "\u{1}"])
  func badKeysAreUsageErrors(key: String) throws {
    #expect(try spool.run("msg-send", ["--id", key, "bob", "hi"]).status == 64)
  }

  @Test func statusFollowsTheMessage() throws {
    let id = String(try spool.run("msg-send", ["--print-id", "bob,carol", "hi"]).output.dropLast())
    func state() throws -> JSONValue? { try JSONValue(parsing: spool.run("msg-send", ["--status", id, "--json"]).output)["state"] }
    #expect(try state() == "delivered")
    #expect(try spool.run("msg-read", ["1"], user: "bob").status == 0)
    #expect(try state() == "delivered")
    #expect(try spool.run("msg-read", ["1"], user: "carol").status == 0)
    #expect(try state() == "read")
    #expect(try spool.run("msg-send", ["--status", "nothing-of-that-name"]).status == 66)
  }
}
