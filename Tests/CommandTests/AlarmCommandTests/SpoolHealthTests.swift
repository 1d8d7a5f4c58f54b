import TestSupport
import Testing

/// `msg-alarmd status --full`: one look at the whole spool.
@Suite struct SpoolHealthTests {
  private func jq(_ spool: TestSpool, _ filter: String) throws -> [String] {
    try run("jq", ["-r", filter], input: spool.run("msg-alarmd", ["status", "--full", "--json"]).output).lines
  }

  /// Breaks when an operator has to look into the spool's folders to know how it is.
  @Test func theWholeSpoolIsSeen() throws {
    let spool = TestSpool()
    for name in ["bob", "bob", "carol"] { #expect(try spool.run("msg-send", [name, "hello"]).status == 0) }
    #expect(try spool.run("msg-read", ["1"], user: "carol").status == 0)
    #expect(try spool.run("msg-send", ["--at", "+1h", "bob", "later"]).status == 0)
    #expect(try jq(spool, ".spool | .unread, .oldest_unread_of, .parts[\"deferred/messages\"].files") == ["2", "bob", "1"])
    #expect(try jq(spool, ".spool.parts | .mailboxes.files, .outbox.files") == ["3", "0"])
    #expect(try jq(spool, ".spool | [.free_bytes, .parts[\"pay/ledger\"].bytes, .parts.feed.bytes] | map(. >= 0) | all") == ["true"])
    let text = try spool.run("msg-alarmd", ["status", "--full"])
    #expect(text.status == 3 && text.output.contains("\nunread: 2, the oldest of bob since "), "\(text)")
    #expect(text.output.contains("\nmailboxes ") && text.output.contains(" 3 files ") && text.output.contains("\nroom: "), "\(text)")
    let metrics = try spool.run("msg-alarmd", ["status", "--full", "--metrics"]).output
    #expect(
      metrics.contains("\nmsgspool_unread_messages 2\n") && metrics.contains("\nmsgspool_files{part=\"deferred/messages\"} 1\n"),
      "\(metrics)")
    #expect(metrics.contains("\nmsgspool_balance{account=\"alice\"} 97\n"), "\(metrics)")
    // Without the option nothing of it is looked at.
    #expect(try !spool.run("msg-alarmd", ["status", "--json"]).output.contains("free_bytes"))
  }

  /// Breaks when it is not seen how much comes in a day, or when the book was looked at last.
  @Test func growthAndLastVerification() throws {
    let spool = TestSpool()
    for text in ["one", "two", "three"] { #expect(try spool.run("msg-send", ["bob", text]).status == 0) }
    let old = try run("sh", ["-c", "cd '\(spool.path)/mailboxes/bob/new' && touch -d '2 days ago' \"$(ls | head -n 1)\""])
    #expect(old.status == 0)
    #expect(try jq(spool, ".spool.parts.mailboxes | .growth < .bytes and .growth > 0") == ["true"])
    // The opening and three charges; the head of a segment is no growth.
    #expect(try jq(spool, ".spool | .parts[\"pay/ledger\"].growth, .verified, .verify_faults") == ["2048", "null", "null"])
    #expect(try spool.run("msg-alarmd", ["status", "--full"]).output.contains("\nbook: never verified\n"))
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
    #expect(try jq(spool, ".spool | .verify_faults, (.verified | startswith(\"20\"))") == ["0", "true"])
    let text = try spool.run("msg-alarmd", ["status", "--full"]).output
    #expect(text.contains(", no faults\n") && text.contains(" a day  since "), "\(text)")
    try spool.folder.write("spool/pay/ledger/00000001", "nonsense\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 65)
    #expect(try jq(spool, ".problems[]").contains { $0.hasPrefix("the book had ") })
  }

  /// Breaks when what is wrong with the rest of the spool is no problem.
  @Test func whatIsWrongIsAProblem() throws {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "gateway = exec /bin/false\n")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    #expect(try spool.run("msg-send", ["--queue", "bob", "hello"]).status == 0)
    #expect(try spool.run("msg-pay", ["breaker", "--isolate"]).status == 0)
    try spool.folder.write("spool/bad/rubbish", "")
    #expect(try jq(spool, ".problems[]") == ["gateway default: circuit forced-open", "bad: 1 damaged file was set aside"])
  }

  /// Breaks when something of another program in `mailboxes/` hides the state of the whole spool.
  @Test(arguments: ["touch dovecot", "ln -s /nowhere dave", "mkdir dave && touch dave/new", "mkdir -m 0 dave", "mkfifo dave"])
  func foreignEntriesHideNothing(command: String) throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["--from", "alice", "bob", "hello"]).status == 0)
    #expect(try run("sh", ["-c", "cd '\(spool.path)/mailboxes' && \(command)"]).status == 0)
    let full = try spool.run("msg-alarmd", ["status", "--full", "--json"])
    #expect(full.errors.isEmpty && full.output.contains("\"unread\":1"), "\(full)")
  }
}
