import TestSupport
import Testing

/// A directory that a killed command has made, and whose name it did not make durable, is made durable by the next command, before
/// anything in it is promised.
@Suite struct DirectoryCrashTests {
  private let first = FaultyCommand("msg-send", ["bob", "first"])

  /// Breaks when a command trusts a directory that it finds: a power cut would take it away with all that was put into it.
  @Test func theNextSendSyncsWhatAKilledOneHasMade() throws {
    let syncs = try first.calls(on: TestSpool()).filter { $0.name == "fsync" }
    #expect(syncs.count > 5, "\(syncs)")
    var wereUnsettled = 0
    for sync in syncs {
      let spool = TestSpool()
      _ = try first.run(on: spool, .kill, at: sync)
      let unsettled = try directories(of: spool, with: "-1000")
      wereUnsettled += unsettled.count
      let outcome = try run(
        "strace", ["-y", "-qq", "-o", spool.folder.file("next"), "-e", "trace=fsync", "\(toolFolder)/msg-send", "bob", "second"],
        environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
      #expect(outcome.status == 0, "\(outcome)")
      let trace = try spool.folder.read("next")
      for directory in unsettled {
        let parent = directory.split(separator: "/").dropLast().joined(separator: "/")
        #expect(trace.contains("</\(parent)>"), "\(directory) was made and is not durable after a kill at \(sync)")
      }
      #expect(try directories(of: spool, with: "-1000").isEmpty, "after a kill at \(sync)")
    }
    #expect(wereUnsettled > 0, "no kill left a directory whose name is not durable, so nothing was tested")
  }

  /// A mailbox is whole or not there, whatever fails while it is made, the sender's own and its `.Sent` too. Breaks when its parts are made
  /// one by one in their place.
  @Test(arguments: [Fault.kill, .error("ENOSPC")]) func aMailboxIsNeverHalfMade(fault: Fault) throws {
    let template = TestSpool()
    #expect(try template.run("msg-send", ["zoe", "earlier"], user: "zoe").status == 0)
    try template.folder.write("spool/config", "keep-sent = yes\n")
    let calls = try first.calls(on: template.copy()).filter {
      ["mkdirat", "openat2", "openat", "renameat", "renameat2", "fsync", "fchmod"].contains($0.name)
    }
    #expect(calls.count > 10)
    for call in calls {
      let spool = try template.copy()
      _ = try first.run(on: spool, fault, at: call)
      for box in ["bob", "alice", "alice/.Sent"] {
        let parts = spool.folder.names(in: "spool/mailboxes/\(box)").filter { $0 != ".Sent" && $0 != "maildirfolder" }
        #expect(parts.isEmpty || parts == ["cur", "new", "tmp"], "\(box): \(parts), \(fault) at \(call)")
      }
    }
  }

  private func directories(of spool: TestSpool, with mode: String) throws -> [String] {
    // A Maildir that is still being built is a stray, and nothing is promised in it.
    let outcome = try run("find", [spool.path, "-type", "d", "-perm", mode, "-not", "-path", "*/tmp/maildir.*"])
    return outcome.output.split(separator: "\n").map(String.init)
  }
}
