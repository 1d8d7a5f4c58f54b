import TestSupport
import Testing

/// What a send costs in calls that wait for the disk, and in files opened. More than this is a regression that no timing on
/// a shared machine would show. Less is worse: no other test can see that a sync is left out, as none can make the power fail. Seen
/// to find each of these: no fsync of `outbox/`, of the feed's segment, of `new/`, no fdatasync of the ledger.
@Suite struct SystemCallCountTests {
  private func count(_ names: String, _ tool: String, _ arguments: [String], user: String, on spool: TestSpool) throws -> [String] {
    let log = spool.folder.file("trace")
    let outcome = try run(
      "strace", ["-f", "-qq", "-o", log, "-e", "trace=\(names)", "\(toolFolder)/\(tool)"] + arguments,
      environment: ["MSG_SPOOL": spool.path, "MSG_USER": user])
    #expect(outcome.status == 0, "\(outcome)")
    return try spool.folder.read("trace").split(separator: "\n").map(String.init)
  }

  /// Message, outbox, ledger, feed, mailbox: five, once the mailbox exists.
  @Test func aPaidSendSyncsFiveTimes() throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob", "first"]).status == 0)
    let syncs = try count("fsync,fdatasync,sync_file_range,msync,sync,syncfs", "msg-send", ["bob", "second"], user: "alice", on: spool)
    #expect(syncs.count == 5, "\(syncs)")
  }

  /// Counting unread messages reads no message.
  @Test func countingOpensNoMessage() throws {
    let spool = TestSpool()
    for text in ["a", "b", "c"] { #expect(try spool.run("msg-send", ["bob", text]).status == 0) }
    let opens = try count("open,openat,openat2", "msg-read", ["--count"], user: "bob", on: spool)
    #expect(!opens.contains { $0.contains(",S=") }, "\(opens)")
  }
}
