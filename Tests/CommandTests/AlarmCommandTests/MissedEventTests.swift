import TestSupport
import Testing

/// A feed that cannot be written never fails a send; what it has missed is made good by the next run of the daemon.
@Suite struct MissedEventTests {
  /// Breaks when `--once` waits ten minutes before it tells of a message that the feed could not take.
  @Test func anEventThatTheFeedCouldNotTake() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "echo $1 $2 >> $OUT/runs")
    #expect(try spool.alarmd("--once").status == 0)
    let send = try spool.spool.run(
      "strace",
      ["-f", "-qq", "-o", spool.path("strace"), "-e", "trace=linkat", "-e", "inject=linkat:error=EIO:when=1"]
        + ["\(toolFolder)/msg-send", "bob", "hi"])
    #expect(try send.status == 0 && spool.read("strace").contains("(INJECTED)"), "\(send)")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").sorted() == ["arrived bob", "sent alice"])
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 2)
  }
}
