import TestSupport
import Testing

/// Spools and user ids: one user's, a group's, and root in somebody else's. Needs root to become others.
@Suite struct SharedSpoolTests {
  private let spool = TestSpool()

  /// A tool as another user id and group, through setpriv(1). The tests' own folder must be passable.
  private func runAs(_ user: Int, _ group: Int, _ tool: String, _ arguments: String...) throws -> ToolRun {
    _ = try run("chmod", ["711", spool.folder.path])
    let identity = ["--reuid", String(user), "--regid", String(group), "--clear-groups", "--"]
    return try run(
      "setpriv", identity + ["\(toolFolder)/\(tool)", "--spool", spool.path] + arguments, environment: ["MSG_USER": "user\(user)"])
  }

  /// Two users of one group. Breaks when anything in the spool is made for its maker alone.
  @Test func aGroupSharesASpool() throws {
    try spool.folder.write("spool/config", "shared = yes\n")
    _ = try run("chown", ["-R", "60001:60009", spool.path])
    _ = try run("chmod", ["2770", spool.path])
    #expect(try runAs(60001, 60009, "msg-send", "user60002", "hi").status == 0)
    let sent = try runAs(60002, 60009, "msg-send", "user60001", "hello")
    #expect(sent.status == 0, "\(sent)")
    let read = try runAs(60002, 60009, "msg-read", "1")
    #expect(read.status == 0 && read.output.contains("hi"), "\(read)")
    #expect(try runAs(60001, 60009, "msg-pay", "balance", "user60002").output == "99\n")
    #expect(try runAs(60003, 60003, "msg-pay", "balance").status == 77)
  }

  /// What is private is refused with the same status by readers and writers.
  @Test func aPrivateSpoolIsRefused() throws {
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    #expect(try runAs(60001, 60001, "msg-send", "bob", "hi").status == 77)
    #expect(try runAs(60001, 60001, "msg-read").status == 77)
    #expect(try runAs(60001, 60001, "msg-pay", "topup", "bob", "5", "--open").status == 77)
  }

  /// Root would leave files behind that the owner cannot read.
  @Test func rootDoesNotWriteIntoAUsersSpool() throws {
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    guard try run("chown", ["-R", "60001:60001", spool.path]).status == 0 else { try Requirements.lacks("root, for chown") }
    let outcome = try spool.run("msg-send", ["carol", "hi"])
    #expect(outcome.status == 77 && outcome.errors.contains("sudo -u"), "\(outcome)")
    #expect(try runAs(60001, 60001, "msg-send", "carol", "hi").status == 0)
    #expect(try spool.run("msg-read", ["--count"], user: "carol").output == "1\n")
  }

  /// Reading touches nothing that was left in the outbox, as root or as the owner; the owner's next send recovers. Breaks when a reader
  /// recovers.
  @Test func readingRecoversNothing() throws {
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    try spool.folder.write("spool/outbox/not-a-message", "?")
    _ = try run("chown", ["-R", "60001:60001", spool.path])
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
    #expect(try runAs(60001, 60001, "msg-read", "--count").status == 0)
    #expect(spool.folder.names(in: "spool/outbox") == ["not-a-message"] && spool.folder.names(in: "spool/bad").isEmpty)
    #expect(try runAs(60001, 60001, "msg-send", "bob", "hi").status == 0)
    #expect(spool.folder.names(in: "spool/outbox").isEmpty && spool.folder.names(in: "spool/bad").count == 1)
  }
}
