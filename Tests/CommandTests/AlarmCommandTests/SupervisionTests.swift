import Foundation
import TestSupport
import Testing

/// The daemon as a service: what its manager is told, where its lines go, and that it sleeps.
@Suite struct SupervisionTests {
  /// Breaks when a manager waits in vain for a sign, or is told of an end that is none.
  @Test(arguments: ["path", "abstract"]) func theServiceManagerIsTold(kind: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("slow", "echo x >> $OUT/runs; while [ ! -e $OUT/go ]; do sleep 0.05; done; env > $OUT/env")
    let name = kind == "path" ? spool.path("tmp/notify") : "@msgspool-test-\(UUID().uuidString)"
    let manager = try DatagramSocket(name)
    let daemon = try RunningDaemon(spool, environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"])
    try eventually("it is ready") { manager.lines.contains("READY=1") }
    try eventually("it is alive") { manager.lines.count { $0 == "WATCHDOG=1" } > 3 }
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("it says what it does") { manager.lines.contains("STATUS=event 0, 1 waiting, 0 dead") }
    kill(daemon.id, SIGHUP)
    try eventually("it reads its settings again") { manager.lines.count { $0 == "READY=1" } == 2 }
    #expect(manager.lines.contains("RELOADING=1") && manager.lines.contains { $0.hasPrefix("MONOTONIC_USEC=") })
    try eventually("the hook runs") { try !spool.lines("runs").isEmpty }
    #expect(!manager.lines.contains("STOPPING=1"))
    kill(daemon.id, SIGTERM)
    try eventually("it says that it ends") { manager.lines.contains("STATUS=waiting for 1 hook") }
    let signs = manager.lines.count { $0 == "WATCHDOG=1" }
    try eventually("it is alive to the end") { manager.lines.count { $0 == "WATCHDOG=1" } > signs }
    try spool.write("go", "")
    try eventually("it ends") { daemon.hasEnded }
    #expect(try !spool.read("env").contains("NOTIFY_SOCKET"))
  }

  /// Breaks when the journal cannot tell errors from notes, or a terminal is shown numbers.
  @Test(arguments: [true, false]) func linesCarryPrioritiesInTheJournalAlone(isJournal: Bool) throws {
    let spool = try AlarmSpool()
    try spool.hook("bad", "exit 0", mode: "777")
    try spool.write("tmp/daemon-errors", "")
    let identity = try run("stat", ["-c", "%d:%i", spool.path("tmp/daemon-errors")]).lines[0]
    let command = "exec '\(toolFolder)/msg-alarmd' --spool '\(spool.spool.path)' --once 2>>'\(spool.path("tmp/daemon-errors"))'"
    #expect(try run("sh", ["-c", command], environment: ["JOURNAL_STREAM": isJournal ? identity : "1:1"]).status == 0)
    let lines = try spool.lines("tmp/daemon-errors")
    #expect(lines.count == 1 && lines[0].hasPrefix(isJournal ? "<3>msg-alarmd: " : "msg-alarmd: "), "\(lines)")
  }

  /// An idle daemon wakes for its probe every five seconds, and for nothing else. Breaks when it looks about for no reason.
  @Test func idleItSleeps() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 0")
    try spool.deliver(1)
    #expect(try spool.alarmd("--once").status == 0)
    let seconds = 12
    let traced = try run(
      "strace",
      ["-f", "-qq", "-r", "-o", spool.path("tmp/trace"), "timeout", "--preserve-status", "\(seconds)", "\(toolFolder)/msg-alarmd"],
      environment: ["MSG_SPOOL": spool.spool.path])
    #expect(traced.status == 0, "\(traced)")
    let calls = try spool.lines("tmp/trace")
    let waits = calls.indices.filter { calls[$0].contains(" poll(") }
    // What was still to do at the start, the probes at 5 and 10 seconds, and the end.
    #expect((3...8).contains(waits.count), "\(waits.count) waits in \(seconds) s")
    // Between the last three waits lie two probes.
    let idle = waits.count > 2 ? waits[waits.count - 1] - waits[waits.count - 3] : .max
    #expect(idle < 300, "\(idle) calls for two probes")
  }
}
