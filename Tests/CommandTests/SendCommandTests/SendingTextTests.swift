import JSONText
import TestSupport
import Testing

/// The ordinary ways to send, as a user types them.
@Suite struct SendingTextTests {
  private let spool = TestSpool()

  /// The one message file in bob's mailbox.
  private func stored() throws -> String {
    let names = spool.messages(of: "bob")
    #expect(names.count == 1)
    return try spool.folder.read("spool/mailboxes/bob/\(try #require(names.first))")
  }

  /// Standard input, a fresh spool, silence. Breaks when anything is printed or the text is touched.
  @Test func fromStandardInput() throws {
    let sent = try spool.run("msg-send", ["bob"], input: "저녁 7시에 만나요\n")
    #expect(sent.status == 0 && sent.output.isEmpty && sent.errors.isEmpty, "\(sent)")
    #expect(try stored().hasSuffix("\n\n저녁 7시에 만나요\n"))
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "99\n")
  }

  @Test(
    arguments: [
      (["bob", "hello", "world"], nil, "hello world\n"), (["bob", "-"], "from a pipe", "from a pipe\n"),
      (["bob", "--", "-v", "--help"], nil, "-v --help\n"), (["bob", "a\r\nb"], nil, "a\r\nb\n"), (["bob"], "two\n\n", "two\n\n"),
      (["-q", "bob", "-s", "x", "text"], nil, "text\n"), (["bob", "  spaces  "], nil, "  spaces  \n"),
    ] as [([String], String?, String)])
  func theTextKeepsItsBytes(arguments: [String], input: String?, body: String) throws {
    let sent = try spool.run("msg-send", arguments, input: input)
    #expect(sent.status == 0, "\(sent)")
    let message = try stored()
    let end = try #require(message.firstRange(of: "\n\n"))
    #expect(message[end.upperBound...] == body)
  }

  /// With a text given, standard input is not even opened for reading. Breaks when a script's `while read` loop loses lines.
  @Test func standardInputIsLeftAloneWhenATextIsGiven() throws {
    let script = "while read -r line; do '\(toolFolder)/msg-send' bob \"$line\" || exit 1; done"
    let outcome = try spool.run("sh", ["-c", script], input: "one\ntwo\nthree\n")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(spool.messages(of: "bob").count == 3)
  }

  /// Header fields that other mail programs depend on.
  @Test func theFileIsMail() throws {
    #expect(try spool.run("msg-send", ["-s", "안녕", "bob,carol.d", "hi"]).status == 0)
    let lines = try stored().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "From: alice <alice@localhost>")
    #expect(lines[2] == "To: bob <bob@localhost>, \"carol.d\" <carol.d@localhost>")
    #expect(lines[1] == "Subject: =?UTF-8?B?7JWI64WV?=")
    #expect(lines[3].hasPrefix("Date: ") && lines[3].hasSuffix(" +0900"))
    for field in ["Message-ID: <", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "X-Msg-Copy: 1/2"] {
      #expect(lines.contains { $0.hasPrefix(field) }, "no \(field)")
    }
    let name = try #require(spool.messages(of: "bob").first)
    let size = try run("stat", ["-c", "%s", spool.folder.file("spool/mailboxes/bob/\(name)")]).output
    #expect(name.hasSuffix(",S=\(size.dropLast())"))
  }

  /// A different locale, no environment at all: cron.
  @Test func worksUnderCron() throws {
    let tool = "\(toolFolder)/msg-send"
    let sent = try run("env", ["-i", "LC_ALL=C", tool, "--spool", spool.path, "--from", "alice", "bob", "한글"])
    #expect(sent.status == 0 && sent.errors.isEmpty, "\(sent)")
    #expect(try stored().hasSuffix("\n한글\n"))
  }

  @Test func severalRecipientsGetOneCopyEachAndOneCharge() throws {
    let sent = try spool.run("msg-send", ["--json", "bob,carol,bob,dave", "hi"])
    let answer = try JSONValue(parsing: sent.output)
    #expect(answer["to"] == .array(["bob", "carol", "dave"]))
    #expect(answer["price"] == 3 && answer["state"] == "delivered" && answer["payment"] == "paid")
    for name in ["bob", "carol", "dave"] { #expect(spool.messages(of: name).count == 1) }
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "97\n")
    let identifiers = try run("sh", ["-c", "grep -h ^Message-ID: '\(spool.path)'/mailboxes/*/new/* | sort -u | wc -l"])
    #expect(identifiers.output.contains("3"))
  }

  /// Not enough for all of them: nobody gets anything, nothing is charged, and the sentence tells what to do.
  @Test func allOrNone() throws {
    try spool.folder.write("config.new", "")
    #expect(try spool.run("msg-pay", ["charge", "alice", "98", "--id", "x"]).status == 0)
    let sent = try spool.run("msg-send", ["bob,carol,dave", "hi"])
    #expect(sent.status == 77)
    for part in ["alice", "2 credit", "costs 3", "msg-pay topup alice"] { #expect(sent.errors.contains(part), "\(sent)") }
    for name in ["bob", "carol", "dave"] { #expect(spool.messages(of: name).isEmpty) }
    #expect(spool.folder.names(in: "spool/outbox").isEmpty)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "2\n")
    #expect(try spool.run("msg-send", ["bob,carol", "hi"]).status == 0)
  }

  /// Breaks when what would be refused is said to be fine.
  @Test(arguments: [
    (config: "open-mailboxes = no", words: ["nobody", "hi"], status: Int32(67)), ("gateway = exec", ["bob", "hi"], 78),
    ("queue-lifetime = -1", ["bob", "hi"], 78), ("", ["--id", "k", "bob", "other"], 65), ("", ["--id", "k", "bob", "hi"], 0),
    ("price = 100", ["bob", "hi"], 77), ("price = 100", ["--queue", "bob", "hi"], 0),
    ("gateway = exec /nonexistent", ["bob", "hi"], 69), ("gateway = exec /nonexistent", ["--queue", "bob", "hi"], 0),
  ])
  func dryRunSaysWhatTheSendWould(config: String, words: [String], status: Int32) throws {
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "hi"]).status == 0)
    try spool.folder.write("spool/config", config)
    let files = "find $0 ! -name breaker ! -path '*/pay/breaker/*' | sort"
    let before = try run("sh", ["-c", files, spool.path]).output
    let checked = try spool.run("msg-send", ["--dry-run"] + words)
    #expect(checked.status == status && checked.output.isEmpty == (status != 0), "\(checked)")
    #expect(try run("sh", ["-c", files, spool.path]).output == before)
    let sent = try spool.run("msg-send", words)
    #expect(sent.status == status && sent.errors.contains(checked.errors.dropLast(1)), "\(sent)")
  }

  @Test func dryRunKnowsWhatIsNoSpool() throws {
    try spool.folder.write("junk/x", "")
    #expect(try spool.run("msg-send", ["--dry-run", "--spool", spool.folder.file("junk"), "bob", "hi"]).status == 73)
    #expect(spool.folder.names(in: "junk") == ["x"])
  }

  @Test func dryRunChangesNothing() throws {
    let sent = try spool.run("msg-send", ["--dry-run", "bob,carol", "hi"])
    #expect(sent.status == 0 && sent.output == "2 credit\n", "\(sent)")
    #expect(spool.folder.names(in: "").isEmpty || !spool.folder.names(in: "").contains("spool"))
  }

  @Test func skipEmptyIsQuiet() throws {
    let skipped = try spool.run("msg-send", ["--skip-empty", "bob"], input: " \n")
    #expect(skipped.status == 0 && skipped.output.isEmpty && skipped.errors.isEmpty)
    #expect(spool.messages(of: "bob").isEmpty)
  }
}
