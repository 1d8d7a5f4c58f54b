import TestSupport
import Testing

/// How a spool begins.
@Suite struct InitTests {
  /// Breaks when hooks cannot be put into place before the first send.
  @Test func hooksMayComeBeforeTheFirstSend() throws {
    let spool = TestSpool()
    #expect(try run("mkdir", ["-p", "\(spool.path)/alarms/hooks", "\(spool.path)/alarms/users"]).status == 0)
    #expect(try run("chmod", ["-R", "go-w", spool.path]).status == 0)
    #expect(try spool.run("msg-send", ["--from", "alice", "bob", "hello"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    // A folder of another program is left alone, whatever it is called.
    let other = TestSpool()
    #expect(try run("mkdir", ["-p", "\(other.path)/alarms/kitchen"]).status == 0)
    let refused = try other.run("msg-send", ["--from", "alice", "bob", "hello"])
    #expect(refused.status == 73 && refused.errors.contains("not empty ('alarms' is in it)"), "\(refused)")
  }

  @Test(arguments: [("msg-send", ["--init"]), ("msg-pay", ["init"]), ("msg-pay", ["--init"])])
  func aSpoolIsMadeWithCommentedSettings(tool: String, words: [String]) throws {
    let spool = TestSpool()
    let made = try spool.run(tool, words)
    #expect(made.status == 0 && made.output.isEmpty && made.errors.isEmpty, "\(made)")
    let config = try spool.folder.read("spool/config")
    #expect(config.contains("\n# what a message costs, where no tariff is set\n# price = 1\n"), "\(config)")
    #expect(config.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
    #expect(try spool.folder.read("spool/aliases").contains("# team: alice, bob"))
    // The examples hold once their mark is gone.
    for (file, example) in [("payers", "operations: backup, cron, web"), ("limits", "account operations 30 messages per hour")] {
      let text = try spool.folder.read("spool/\(file)")
      #expect(text.contains("\n# \(example)\n") && text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") }, "\(text)")
      try spool.folder.write("spool/\(file)", text.split(separator: "\n").dropFirst(2).map { "\($0.dropFirst(2))\n" }.joined())
    }
    // Every line is one that the tools take once its mark is gone.
    let lines = config.split(separator: "\n").filter { $0.contains(" = ") && $0.split(separator: " ").count < 6 }.map { $0.dropFirst(2) }
    try spool.folder.write("spool/config", lines.joined(separator: "\n") + "\n")
    #expect(try spool.run("msg-send", ["--from", "alice", "bob", "hello"]).status == 0)
    #expect(try spool.run("msg-send", ["--from", "backup", "bob", "hello"]).status == 0)
    #expect(try spool.run("msg-pay", ["balance"]).output.contains("operations  99  pays for backup, cron, web"))
    #expect(try spool.run("msg-alarmd", ["check"]).status == 0)
    // What is there is not changed.
    let again = try spool.run(tool, words + ["--verbose"])
    #expect(again.status == 0 && again.errors.isEmpty, "\(again)")
    #expect(try spool.folder.read("spool/config") == lines.joined(separator: "\n") + "\n")
  }

  /// Breaks when a check says yes to what the first send is refused, or makes anything.
  @Test(arguments: [("accounts = listed\n", 77), ("opening-credit = 0\n", 77), ("open-mailboxes = no\n", 67), ("", 0)])
  func theFirstSendIsAnsweredAsItWasChecked(config: String, status: Int32) throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["--init"]).status == 0)
    try spool.folder.write("spool/config", config)
    let before = try run("find", [spool.path]).output
    let checked = try spool.run("msg-send", ["--dry-run", "--from", "alice", "bob", "hello"])
    #expect(checked.status == status, "\(checked)")
    #expect(try run("find", [spool.path]).output == before)
    #expect(try spool.run("msg-send", ["--from", "alice", "bob", "hello"]).status == status)
  }

  /// Breaks when a slip makes a mailbox in silence, or a series of names is taken for slips.
  @Test func aNameNearAKnownOneIsNoted() throws {
    let spool = TestSpool()
    func send(_ name: String, _ words: String...) throws -> ToolRun {
      try spool.run("msg-send", words + ["--from", "alice", name, "hello"])
    }
    #expect(try send("bob").errors.isEmpty)
    #expect(try send("user1").errors.isEmpty)
    let slip = try send("bbo")
    #expect(slip.status == 0 && slip.errors == "msg-send: 'bbo' had no mailbox and gets one: did you mean 'bob'?\n", "\(slip)")
    for name in ["bbo", "user2", "carol"] { #expect(try send(name).errors.isEmpty) }
    #expect(try send("rob", "--quiet").errors.isEmpty)
    try spool.folder.write("spool/config", "open-mailboxes = no\n")
    let refused = try send("carrol")
    #expect(refused.status == 67 && refused.errors.contains("did you mean 'carol'?"), "\(refused)")
  }

  /// Breaks when a person who flushes by hand cannot see what came of it.
  @Test func aFlushSaysWhatItDid() throws {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "gateway = exec \(spool.folder.file("bank"))\n")
    try spool.folder.writeProgram("bank", "#!/bin/sh\nexit 69\n")
    for name in ["bob", "carol"] { #expect(try spool.run("msg-send", ["--from", "alice", "--queue", name, "later"]).status == 0) }
    #expect(try spool.run("msg-send", ["--from", "dave", "--queue", "bob", "later"]).status == 0)
    try spool.folder.writeProgram("bank", "#!/bin/sh\n[ \"$4 $5\" = 'credit alice' ] && echo ok 1 || exit 69\n")
    #expect(try spool.run("msg-pay", ["breaker", "--reset"]).status == 0)
    let flush = try spool.run("msg-send", ["--flush", "--all", "--verbose"])
    let lines = flush.errors.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("msg-send: message ") && $0.hasSuffix(": delivered") } == 2, "\(flush)")
    #expect(flush.errors.hasSuffix("msg-send: of 3 that waited: 2 delivered, 1 queued\n"), "\(flush)")
  }

  @Test func helpIsACommandOfToolsThatHaveCommands() throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-pay", ["help"]).output == spool.run("msg-pay", ["--help"]).output)
    #expect(try spool.run("msg-pay", ["help", "topup"]).output == spool.run("msg-pay", ["topup", "--help"]).output)
    #expect(try spool.run("msg-alarmd", ["help"]).status == 0)
    #expect(try spool.run("msg-pay", ["help", "nothing"]).status == 64)
  }
}
