import Foundation
import SharedKernel
import TestSupport
import Testing

/// Disks without room, for the history, the spool or the feed: each a small tmpfs, so these tests need to be root.
@Suite struct FullDiskTests {
  private static let log = "echo $MSG_ALARM_SEQ >> $OUT/runs"

  /// Breaks when a disk without room makes hooks run whose outcome is then unknown, or ends the daemon, or disturbs a send.
  @Test func aFullDiskIsWaitedFor() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let room = spool.path("alarms/history")
    #expect(try run("mkdir", [room]).status == 0)
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "none", room])
    guard mounted.status == 0 else { try Requirements.lacks("the right to mount") }
    defer { #expect((try? run("umount", ["-l", room]).status) == 0) }
    let daemon = try RunningDaemon(spool)
    #expect(try run("sh", ["-c", "head -c 1900000 /dev/zero > '\(room)/filler'"]).status == 0)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("it says so") { try spool.alarmd("status").output.contains("problem: there is no room for the history") }
    #expect(!spool.exists("runs") && !daemon.hasEnded)
    #expect(try spool.alarmd("status").status == 1)
    #expect(try run("rm", ["\(room)/filler"]).status == 0)
    try eventually("it goes on") { try spool.lines("runs") == ["1"] }
    #expect(try daemon.end(SIGTERM) == 0)
    let states = try spool.history(".state")
    #expect(states == ["delivered"], "\(states)")
  }

  /// A disk without any room left, for the spool as a whole. Breaks when the daemon ends, or loses or repeats anything by it.
  @Test func aSpoolOnAFullDiskIsWaitedFor() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let keep = TemporaryFolder()
    let disk = spool.spool.path
    #expect(try run("cp", ["-a", "\(disk)/.", keep.path]).status == 0)
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=8m,mode=700", "none", disk])
    guard mounted.status == 0 else { try Requirements.lacks("the right to mount") }
    defer { #expect((try? run("umount", ["-l", disk]).status) == 0) }
    #expect(try run("cp", ["-a", "\(keep.path)/.", disk]).status == 0)
    let daemon = try RunningDaemon(spool)
    func send(_ text: String) throws -> Int32 { try spool.spool.run("msg-send", ["--id", text, "bob", text]).status }
    #expect(try send("before") == 0)
    try eventually("it is told") { try spool.lines("runs").count == 2 }
    _ = try run("sh", ["-c", "cat /dev/zero > '\(disk)/filler'"])
    #expect(try send("meanwhile") == 74)
    #expect(try run("truncate", ["-s", "-128K", "\(disk)/filler"]).status == 0)
    #expect(try send("meanwhile") == 0)
    try eventually("it says so") {
      try spool.alarmd("status").output.contains("problem: there is no room for the history")
    }
    #expect(try !daemon.hasEnded && spool.lines("runs").count == 2)
    #expect(try run("rm", ["\(disk)/filler"]).status == 0)
    try eventually("it goes on") { try spool.lines("runs").count == 4 }
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.alarmd("history", "--count", "--state", "delivered").output == "4\n")
  }

  /// A feed that takes nothing: a full disk of another file system. Sending goes on, and what is missing is told later, once.
  @Test func aFeedThatTakesNothingIsMadeGood() throws {
    let spool = try AlarmSpool(config: "digest = no\n")
    try spool.hook("log", "echo $1 $2 >> $OUT/runs")
    #expect(try run("mkdir", [spool.path("feed")]).status == 0)
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=16k,mode=700", "none", spool.path("feed")])
    guard mounted.status == 0 else { try Requirements.lacks("the right to mount") }
    _ = try run("sh", ["-c", "cat /dev/zero > '\(spool.path("feed/filler"))'"])
    for number in 1...5 {
      let send = try spool.spool.run("msg-send", ["-v", "bob", "message \(number)"])
      #expect(send.status == 0 && send.errors.contains("the alarm could not be announced"), "\(send)")
    }
    #expect(try run("umount", ["-l", spool.path("feed")]).status == 0)
    for _ in 1...2 {
      #expect(try spool.alarmd("--once").status == 0)
      #expect(try spool.lines("runs").sorted() == Array(repeating: "arrived bob", count: 5) + Array(repeating: "sent alice", count: 5))
    }
  }
}
