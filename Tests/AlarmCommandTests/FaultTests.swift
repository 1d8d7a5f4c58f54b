import Foundation
import SharedKernel
import TestSupport
import Testing

/// Faults of the machine and of hooks: nothing is lost, order is kept, and sending goes on.
@Suite struct FaultTests {
  private static let log = "echo $MSG_ALARM_SEQ >> $OUT/runs"

  /// Breaks when a hook that hangs, with children that ignore everything, holds up others or the daemon's end.
  @Test func aHookThatHangsIsEnded() throws {
    let spool = try AlarmSpool(config: "hook-timeout = 1\n")
    try spool.hook(
      "hang", "trap '' TERM; echo $$ >> $OUT/pids; (trap '' TERM; exec sleep 1000) & echo $! >> $OUT/pids; sleep 1000; wait")
    try spool.hook("log", Self.log)
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("the other one runs meanwhile") { try spool.lines("runs") == ["1"] }
    #expect(try spool.history(".hook, .state") == ["log delivered"])
    try eventually("it is ended") { try spool.history(".hook, .state, .exit").contains("hang retrying 124") }
    let processes = try spool.lines("pids").compactMap { Int32($0) }
    #expect(processes.count == 2)
    try eventually("its whole group is gone") { processes.allSatisfy { kill($0, 0) != 0 || isZombie($0) } }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  private func isZombie(_ process: Int32) -> Bool {
    ((try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z").contains(") Z")
  }

  /// Breaks when what a hook does with its pipes, or leaves behind, holds up the daemon: closed input, much output, a child that
  /// keeps the pipes open.
  @Test func whatAHookDoesWithItsPipesIsItsOwn() throws {
    let spool = try AlarmSpool()
    try spool.hook("deaf", "exec 0<&-; \(Self.log)")
    try spool.hook("loud", "head -c 1048576 /dev/zero | tr '\\0' x; head -c 1048576 /dev/zero | tr '\\0' y >&2; \(Self.log)")
    try spool.hook("parent", "sleep 1000 & echo $! >> $OUT/pids; \(Self.log)")
    let text = String(repeating: "가나다라마바사 ", count: 40_000)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2, text: text)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["1", "1", "1"])
    #expect(try spool.history(".hook, .state").sorted() == ["deaf delivered", "loud delivered", "parent delivered"])
    for process in try spool.lines("pids").compactMap({ Int32($0) }) { kill(process, SIGKILL) }
  }

  /// Each status means what the manual says.
  @Test func everyStatusHasItsMeaning() throws {
    let spool = try AlarmSpool(config: "hook-slots = 1\n")
    let statuses = [0, 1, 2, 64, 67, 69, 75, 78, 100, 126, 127, 200, 255]
    for status in statuses { try spool.hook("exit-\(status)", "exit \(status)") }
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let once = try spool.alarmd("--once")
    #expect(once.status == 1 && once.errors.contains("7 alarms are dead") && once.errors.contains("4 alarms wait"), "\(once)")
    let states = Dictionary(
      uniqueKeysWithValues: try spool.history(".exit, .state").map { line in
        let words = line.split(separator: " ")
        return (Int(words[0]) ?? -1, String(words[1]))
      })
    for status in statuses {
      let expected = [0: "delivered", 67: "skipped", 75: "retrying", 78: "retrying", 126: "retrying", 127: "retrying"][status] ?? "dead"
      #expect(states[status] == expected, "exit status \(status)")
    }
  }

  /// Breaks when a disk without room makes hooks run whose outcome is then unknown, or ends the daemon, or disturbs a send.
  @Test func aFullDiskIsWaitedFor() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let room = spool.path("alarms/history")
    #expect(try run("mkdir", [room]).status == 0)
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "none", room])
    guard mounted.status == 0 else { throw HarnessFailure("this test mounts a small tmpfs and needs to be root: \(mounted)") }
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

  /// A mount that tells nobody of changes: bindfs, as NFS and SMB behave. Breaks when events there wait for luck.
  @Test func aMountThatDoesNotNotifyIsPolled() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let mount = TemporaryFolder()
    let mounted = try run("bindfs", [spool.spool.path, mount.path])
    guard mounted.status == 0 else { throw HarnessFailure("bindfs (and /dev/fuse) are needed: \(mounted)") }
    defer { #expect((try? run("umount", ["-l", mount.path]).status) == 0) }
    let daemon = try RunningDaemon(spool, environment: ["MSG_SPOOL": mount.path])
    // Locks of a mount are its own, so it is asked there.
    try eventually("it polls") {
      let status = try spool.alarmd("status", environment: ["MSG_SPOOL": mount.path])
      return status.output.contains("watch: polling (the file system does not tell of changes)")
    }
    // Beside the mount, so that nothing could be told.
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    try eventually("they are seen") { try spool.lines("runs") == ["1", "2", "3"] }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when a user without an inotify instance left has no alarms.
  @Test func withoutAWatchItPolls() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let daemon = try RunningDaemon(
      spool,
      command: [
        "/usr/bin/strace", "-f", "-qq", "-o", spool.path("tmp/trace"), "-e", "trace=inotify_init1,inotify_add_watch", "-e",
        "inject=inotify_add_watch:error=ENOSPC",
      ])
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("it is seen") { try spool.lines("runs") == ["1"] }
    #expect(try spool.alarmd("status").output.contains("watch: polling (No space left on device (inotify))"))
    // strace does not hand a signal on.
    let process = try #require(Int32(try spool.lines("alarms/pid").first ?? ""))
    kill(process, SIGTERM)
    try eventually("it ends") { daemon.hasEnded }
  }

  /// Breaks when a clock that is set makes alarms wait for years, or for ever, or sends the history where nobody looks.
  @Test(arguments: ["2001-06-01 00:00:00", "2040-06-01 00:00:00"]) func aClockThatIsSetStopsNothing(wrong: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "[ -e $OUT/go ] || exit 75; \(Self.log)")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let faked = [
      "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "FAKETIME": "@\(wrong)", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    ]
    guard try run("date", ["+%Y"], environment: faked).output.hasPrefix(wrong.prefix(4)) else {
      throw HarnessFailure("libfaketime is needed (Debian: faketime)")
    }
    let once = try run(
      "timeout", ["20", "\(toolFolder)/msg-alarmd", "--once"], environment: faked.merging(["MSG_SPOOL": spool.spool.path]) { $1 })
    #expect(once.status == 75, "\(once)")
    let written = try spool.history(".time")
    #expect(written.first?.hasPrefix(wrong.prefix(4)) == true, "\(written)")
    try spool.write("go", "")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    // The second of them would pass the first, whose lane waits for its retry.
    if wrong.hasPrefix("2001") {
      try eventually("both are told") { try spool.lines("runs") == ["1", "2"] }
    } else {
      // No wait that was written then is longer than the time after which an alarm is dead.
      let next = try run("jq", ["-r", ".hooks[0].next_try"], input: spool.alarmd("status", "--json").output).lines.first ?? ""
      let limit = SystemNow.timestamp.adding(seconds: 27 * 3600)
      #expect(try #require(Timestamp(rfc3339: next)) < limit, "\(next)")
    }
    #expect(try daemon.end(SIGTERM) == 0)
    // What is written later is read later, whatever the clock says.
    let files = spool.spool.folder.names(in: "spool/alarms/history")
    #expect(files.count == (wrong.hasPrefix("2001") ? 2 : 1), "\(files)")
  }
}
