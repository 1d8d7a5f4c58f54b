import TestSupport
import Testing

/// A file system that has no RENAME_NOREPLACE, as CephFS by FUSE, GlusterFS and NFS. strace refuses it.
@Suite struct NoReplaceTests {
  private static let send = ["--id", "key", "bob,carol", "hi"]

  private func run(_ spool: TestSpool, _ arguments: [String], refusal: String, killedAt call: (name: String, occurrence: Int)? = nil) throws
    -> ToolRun
  {
    var options = ["-f", "-qq", "-o", spool.folder.file("trace"), "-e", "inject=renameat2:error=\(refusal)"]
    if let call { options += ["-e", "inject=\(call.name):signal=SIGKILL:when=\(call.occurrence)"] }
    return try TestSupport.run(
      "strace", options + arguments, environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
  }

  private func tool(_ name: String) -> String { "\(toolFolder)/\(name)" }

  @Test(arguments: ["EINVAL", "ENOSYS", "EOPNOTSUPP"])
  func allGoesOnWithoutIt(refusal: String) throws {
    let spool = TestSpool()
    #expect(try run(spool, [tool("msg-send")] + Self.send, refusal: refusal).status == 0)
    #expect(try spool.folder.read("trace").contains("(INJECTED)"))
    #expect(try run(spool, [tool("msg-send")] + Self.send, refusal: refusal).status == 0)
    #expect(spool.messages(of: "bob").count == 1 && spool.messages(of: "carol").count == 1)
    #expect(try run(spool, [tool("msg-read"), "--user", "bob", "1"], refusal: refusal).status == 0)
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try run(spool, [tool("msg-alarmd"), "--once"], refusal: refusal).status == 0)
    #expect(try spool.finalLines().count == 3)
    #expect(["outbox", "tmp"].allSatisfy { spool.folder.names(in: "spool/\($0)").isEmpty })
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  /// Killed at each call that gives a name or takes one, and repeated: one copy for each, paid once, and told once.
  @Test(arguments: ["linkat", "unlinkat", "renameat"])
  func aKillBetweenTwoNamesDoublesNothing(call: String) throws {
    let template = TestSpool()
    #expect(try template.run("msg-send", ["bob,carol", "earlier"]).status == 0)
    var kills = 0
    for occurrence in 1...40 {
      let spool = try template.copy()
      let outcome = try run(spool, [tool("msg-send")] + Self.send, refusal: "EINVAL", killedAt: (call, occurrence))
      if outcome.status == 0 { break }
      kills += 1
      let place = "\(call) #\(occurrence): \(outcome)"
      #expect(try run(spool, [tool("msg-send"), "--flush", "--all"], refusal: "EINVAL").status == 0, "\(place)")
      #expect(try run(spool, [tool("msg-send")] + Self.send, refusal: "EINVAL").status == 0, "\(place)")
      #expect(spool.messages(of: "bob").count == 2 && spool.messages(of: "carol").count == 2, "\(place)")
      #expect(try run(spool, [tool("msg-alarmd"), "--once"], refusal: "EINVAL").status == 0, "\(place)")
      let lines = try spool.finalLines()
      #expect(lines.count == 6 && Set(lines).count == 6, "\(place): \(lines)")
      #expect(try spool.run("msg-pay", ["balance", "alice"]).output.contains("96"), "\(place)")
      #expect(try spool.run("msg-pay", ["verify"]).status == 0, "\(place)")
    }
    #expect(kills > 0)
  }
}
