import TestSupport
import Testing

/// Spools that are none, broken, foreign, or full.
@Suite struct BadSpoolTests {
  private let spool = TestSpool()

  private func send() throws -> ToolRun { try spool.run("msg-send", ["bob", "hi"]) }

  @Test func aFile() throws {
    try spool.folder.write("spool", "I am a file")
    #expect(try send().status == 73)
    #expect(try spool.folder.read("spool") == "I am a file")
  }

  @Test func aFolderOfSomethingElse() throws {
    try spool.folder.write("spool/holiday.jpg", "x")
    let outcome = try send()
    #expect(outcome.status == 73 && outcome.errors.contains("holiday.jpg"))
    #expect(spool.folder.names(in: "spool") == ["holiday.jpg"])
  }

  @Test func aNewerFormat() throws {
    try spool.folder.write("spool/format", "msgspool 2\n")
    #expect(try send().status == 78)
    #expect(spool.folder.names(in: "spool") == ["format"])
  }

  @Test(arguments: ["prise = 1", "price", "price = many", "price = -1", "shared = perhaps", "price = 1\nprice = 2", "tariff = a:b:c"])
  func aBrokenConfigIsNamedWithItsLine(line: String) throws {
    try spool.folder.write("spool/config", "# a comment\n\n\(line)\n")
    let outcome = try send()
    #expect(outcome.status == 78 && outcome.errors.contains("config:"), "\(outcome)")
    #expect(spool.folder.names(in: "spool") == ["config"])
  }

  /// Breaks when a `config` or `aliases` that is no file counts as absent: the spool then worked with default prices.
  @Test(arguments: ["config", "aliases"], ["mkfifo \"$0\"", "mkdir \"$0\"", "ln -s /etc/passwd \"$0\""])
  func settingsThatAreNoFile(name: String, make: String) throws {
    #expect(try send().status == 0)
    #expect(try run("sh", ["-c", make, spool.folder.file("spool/\(name)")]).status == 0)
    let outcome = try send()
    #expect(outcome.status == 78 && outcome.errors.contains("/\(name): \(make.contains("ln") ? "a symbolic link" : "not a regular file")"))
    #expect(try run("sh", ["-c", "rm -r \"$0\"", spool.folder.file("spool/\(name)")]).status == 0)
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
  }

  /// Who may write into the folder may do anything with the messages in it.
  @Test func othersMayWrite() throws {
    #expect(try send().status == 0)
    _ = try run("chmod", ["777", spool.path])
    #expect(try send().status == 78)
    try spool.folder.write("spool/config", "shared = yes\n")
    #expect(try send().status == 0)
  }

  /// Symbolic links in the place of folders lead nowhere, and certainly not outside (invariant 8).
  @Test(arguments: ["outbox", "mailboxes", "mailboxes/bob", "pay", "tmp"])
  func aSymbolicLinkForAFolder(name: String) throws {
    #expect(try send().status == 0)
    try spool.folder.write("elsewhere/new/x", "")
    try spool.folder.write("elsewhere/ledger/x", "")
    _ = try run("rm", ["-r", "\(spool.path)/\(name)"])
    _ = try run("ln", ["-s", spool.folder.file("elsewhere"), "\(spool.path)/\(name)"])
    let outcome = try send()
    #expect(outcome.status == 73 && outcome.errors.contains("symbolic link"), "\(outcome)")
    #expect(try run("find", [spool.folder.file("elsewhere"), "-type", "f"]).lines.count == 2)
  }

  /// A file of somebody else in every folder, odd names included: nothing is lost and nothing stumbles.
  @Test func foreignFilesEverywhere() throws {
    #expect(try send().status == 0)
    let folders = [
      "outbox", "voiding", "failed", "bad", "tmp", "mailboxes", "mailboxes/bob", "mailboxes/bob/new", "mailboxes/bob/cur", "feed", "pay",
    ]
    for folder in folders {
      for name in ["README", "a b\nc", ".hidden", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x.2"] {
        try spool.folder.write("spool/\(folder)/\(name)", "?")
      }
      try spool.folder.write("spool/\(folder)/directory/file", "?")
    }
    _ = try run("mkfifo", ["\(spool.path)/outbox/01ARZ3NDEKTSV4RRFFQ69G5FAW"])
    #expect(try send().status == 0)
    #expect(try spool.run("msg-send", ["--flush"]).status != 70)
    #expect(try send().status == 0)
    #expect(try spool.run("msg-read", ["--count"], user: "bob").status == 0)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "97\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  /// A full disk: 74, nothing charged, and the spool works again when there is room.
  @Test func aFullDisk() throws {
    try spool.folder.write("disk/x", "")
    let disk = spool.folder.file("disk")
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", disk])
    guard mounted.status == 0 else { try Requirements.lacks("the right to mount") }
    defer { _ = try? run("umount", [disk]) }
    let path = "\(disk)/spool"
    func send(_ text: String) throws -> ToolRun { try run("msg-send", ["--spool", path, "--from", "alice", "bob", text]) }
    #expect(try send("first").status == 0)
    _ = try run("sh", ["-c", "cat /dev/zero > '\(disk)/filler'"])
    for attempt in 0..<4 {
      let outcome = try send("while it is full \(attempt)")
      #expect(outcome.status == 74 && outcome.errors.contains("No space left"), "\(outcome)")
    }
    _ = try run("rm", ["\(disk)/filler"])
    #expect(try send("again").status == 0)
    #expect(try run("msg-pay", ["--spool", path, "verify"]).status == 0)
    #expect(try run("msg-pay", ["--spool", path, "balance", "alice"]).output == "98\n")
    #expect(try run("sh", ["-c", "ls '\(path)/mailboxes/bob/new' | wc -l"]).output.contains("2"))
  }

  @Test func aClosedSpoolRefusesUnknownRecipients() throws {
    try spool.folder.write("spool/config", "open-mailboxes = no\n")
    #expect(try send().status == 67)
    for part in ["new", "cur", "tmp"] { try spool.folder.write("spool/mailboxes/bob/\(part)/.keep", "") }
    #expect(try send().status == 0)
    #expect(try spool.run("msg-send", ["bob,carol", "hi"]).status == 67)
    #expect(spool.messages(of: "bob").filter { !$0.hasSuffix(".keep") }.count == 1)
  }
}
