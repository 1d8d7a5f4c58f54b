import JSONText
import TestSupport
import Testing

/// Answering to all, passing on, and texts that do not come as one would have them.
struct AnsweringTests {
  private let spool = TestSpool()

  private func read(_ user: String, _ message: String = "last") throws -> JSONValue {
    try JSONValue(parsing: spool.run("msg-read", ["--json", message], user: user).output)
  }

  // Fails when an answer to all misses somebody, comes back to its writer, or marks nothing.
  @Test func anAnswerToAllGoesToEverybodyElse() throws {
    #expect(try spool.run("msg-send", ["-s", "저녁", "bob,carol,dave", "일곱 시?"]).status == 0)
    let answer = try spool.run("msg-send", ["--reply-all", "1", "좋아요"], user: "carol")
    #expect(answer.status == 0 && answer.output.isEmpty && answer.errors.isEmpty, "\(answer)")
    for user in ["alice", "bob", "dave"] {
      let message = try read(user)
      #expect(message["subject"] == "Re: 저녁" && message["text"] == "좋아요\n" && message["from"] == "carol", "\(message)")
      #expect(message["to"]?.array?.compactMap(\.string) == ["alice", "bob", "dave"] && message["in_reply_to"] != nil)
    }
    #expect(try spool.run("msg-read", ["--count", "--all"], user: "carol").output == "1\n")
    #expect(try read("carol", "1")["replied"] == true)
    try spool.folder.write("spool/mailboxes/bob/new/1.M1.h", "From: carol\nTo: bob, Eve <eve@example.org>\n\nhi\n")
    let foreign = try spool.run("msg-send", ["--reply-all", "1", "x"], user: "bob")
    #expect(foreign.status == 0 && foreign.errors == "msg-send: 'eve@example.org' has no mailbox here and gets no copy\n", "\(foreign)")
    #expect(try spool.run("msg-send", ["--reply-all", "1", "--reply", "1", "x"], user: "bob").status == 64)
  }

  // Fails when what is passed on loses its text or its origin, or needs words of one's own.
  @Test func aMessageIsPassedOn() throws {
    #expect(try spool.run("msg-send", ["-s", "plans", "bob", "the text\n\nof it"]).status == 0)
    let passed = try spool.run("msg-send", ["--forward", "last", "carol"], user: "bob", input: "never read")
    #expect(passed.status == 0 && passed.output.isEmpty && passed.errors.isEmpty, "\(passed)")
    let message = try read("carol")
    #expect(message["subject"] == "Fwd: plans" && message["from"] == "bob", "\(message)")
    let text = try #require(message["text"]?.string)
    #expect(text.hasPrefix("---------- forwarded message ----------\nFrom: alice\nTo: bob\nDate: 2"))
    #expect(text.hasSuffix("Subject: plans\n\nthe text\n\nof it\n"))
    #expect(spool.folder.names(in: "spool/mailboxes/bob/cur").first?.hasSuffix(":2,P") == true)
    #expect(try spool.run("msg-send", ["--forward", "1", "dave", "see", "below"], user: "bob").status == 0)
    #expect(try read("dave")["text"]?.string?.hasPrefix("see below\n\n---------- forwarded") == true)
    #expect(try spool.run("msg-send", ["--forward", "1", "dave", "-"], user: "bob", input: "from input\n").status == 0)
    #expect(try read("dave")["text"]?.string?.hasPrefix("from input\n\n---------- forwarded") == true)
    #expect(try spool.run("msg-send", ["--forward", "1"], user: "bob").status == 64)
    #expect(try spool.run("msg-send", ["--forward", "7", "dave"], user: "bob").status == 66)
  }

  // Fails when somebody whose text begins with '-' is not told what to do.
  @Test func aTextThatBeginsWithADash() throws {
    for text in ["-5 degrees", "--check it"] {
      let refused = try spool.run("msg-send", ["bob", text])
      #expect(refused.status == 64 && refused.errors.contains("a text that begins with '-' stands behind '--'"), "\(refused)")
    }
    #expect(try spool.run("msg-send", ["bob", "--", "-5 degrees"]).status == 0)
    #expect(try read("bob")["text"] == "-5 degrees\n")
    #expect(try spool.run("msg-send", ["-5", "bob"]).errors.contains("see 'msg-send --help'"))
  }

  // Fails when a text that is to be shortened is refused, is longer than allowed, or loses half a character.
  @Test func aLongTextIsShortened() throws {
    try spool.folder.write("spool/config", "tariff = short:20:1, long:30:3\n")
    let hangul = String(repeating: "한글", count: 40)
    #expect(try spool.run("msg-send", ["bob", hangul]).status == 65)
    #expect(try spool.run("msg-send", ["--truncate", "bob", hangul]).status == 0)
    #expect(try read("bob")["text"]?.string == "한글한글한글한글한글한글한글…\n")
    #expect(try spool.run("msg-send", ["--truncate", "-s", "abcd", "bob", hangul]).status == 0)
    #expect(try read("bob")["text"]?.string == "한글한글한글한글한글한글…\n")
    #expect(try spool.run("msg-send", ["--truncate", "bob", "short"]).status == 0)
    #expect(try read("bob")["text"] == "short\n")
    try spool.folder.write("spool/config", "max-size = 100\n")
    let log = (1...50_000).map { "line \($0)\n" }.joined()
    #expect(try spool.run("msg-send", ["--truncate", "bob"], input: log).status == 0)
    let text = try #require(try read("bob")["text"]?.string)
    #expect(text.utf8.count == 101 && text.hasPrefix("line 1\nline 2\n") && text.hasSuffix("…\n"), "\(text)")
    // What comes after the first chunk is read, and begins with a newline, is marked as well.
    try spool.folder.write("spool/config", "max-size = 65535\n")
    let long = String(repeating: "a", count: 65535) + "\nREST\n"
    #expect(try spool.run("msg-send", ["--truncate", "bob"], input: long).status == 0)
    #expect(try read("bob")["text"]?.string?.hasSuffix("a…\n") == true)
    #expect(try spool.run("msg-send", ["--batch", "--truncate"], input: "{\"to\":\"bob\",\"text\":\"\(hangul)\"}\n").status == 0)
  }
}
