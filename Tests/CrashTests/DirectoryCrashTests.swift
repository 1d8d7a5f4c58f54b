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

  private func directories(of spool: TestSpool, with mode: String) throws -> [String] {
    let outcome = try run("find", [spool.path, "-type", "d", "-perm", mode])
    return outcome.output.split(separator: "\n").map(String.init)
  }
}
