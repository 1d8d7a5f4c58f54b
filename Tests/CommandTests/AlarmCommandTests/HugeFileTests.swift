import SpoolLayout
import TestSupport
import Testing

/// Files in `alarms/` may be anything: what is larger than ours could be is read as far as it makes sense, in little memory.
@Suite struct HugeFileTests {
  /// Breaks when an entry of the feed that is no message is read for its whole length, or passed over without a word.
  @Test func aHugeEntryOfTheFeedIsSaid() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "echo $MSG_ALARM_SEQ >> $OUT/runs")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try spool.write("feed/000000000001/000000000002", "")
    #expect(try run("truncate", ["-s", "3G", spool.path("feed/000000000001/000000000002")]).status == 0)
    try spool.deliver(3, to: ["bob", "carol"], copy: 2)
    let once = try run(
      "strace", ["-qq", "-e", "trace=read,pread64", "-o", spool.path("tmp/trace"), "\(toolFolder)/msg-alarmd", "--once"],
      environment: ["MSG_SPOOL": spool.spool.path])
    #expect(once.status == 0 && once.errors.contains("the feed: event 2: not a message of msgspool"), "\(once)")
    let read = try spool.lines("tmp/trace").compactMap { $0.split(separator: "=").last.flatMap { Int($0.filter { $0 != " " }) } }.reduce(
      0, +)
    #expect(read < 1 << 20, "\(read) bytes were read")
    #expect(try spool.lines("runs") == ["1", "3"])
  }

  /// Breaks when a file that is far larger than it should be hangs the daemon, or keeps it from starting.
  @Test(arguments: ["history/2026-11-01.jsonl", "started", "recovered", "compared", "status"]) func aHugeFile(name: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "echo $MSG_ALARM_SEQ >> $OUT/runs")
    _ = try spool.root.ensureFolder(.history)
    try spool.write("alarms/\(name)", "no line of ours\n")
    #expect(try run("truncate", ["-s", "3G", spool.path("alarms/\(name)")]).status == 0)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let once = try spool.spool.run("timeout", ["-s", "KILL", "60", "\(toolFolder)/msg-alarmd", "--once"])
    #expect(once.status == 0, "\(once)")
    #expect(try spool.lines("runs") == ["1"])
    #expect(try spool.spool.run("timeout", ["-s", "KILL", "60", "\(toolFolder)/msg-alarmd", "status"]).status == 3)
  }
}
