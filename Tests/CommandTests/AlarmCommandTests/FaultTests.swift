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
    // Its line comes a moment after the hook itself, and before the one of the hook that hangs.
    try eventually("the other one is told") { try spool.history(".hook, .state").first == "log delivered" }
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

  /// A mount that tells nobody of changes: bindfs, as NFS and SMB behave. Breaks when events there wait for luck.
  @Test func aMountThatDoesNotNotifyIsPolled() throws {
    let spool = try AlarmSpool(config: "hosts = many\n")
    try spool.hook("log", Self.log)
    let (mount, other) = (try FUSEMount(of: spool.spool.path), try FUSEMount(of: spool.spool.path))
    let tested = try spool.spool.run("msg-pay", ["verify", "--mounts", other.path], environment: ["MSG_SPOOL": mount.path])
    #expect(tested.status == 0, "\(tested)")
    let daemon = try RunningDaemon(spool, environment: ["MSG_SPOOL": mount.path])
    try eventually("it polls") {
      let status = try spool.alarmd("status", environment: ["MSG_SPOOL": mount.path])
      return status.output.contains("watch: polling (the file system does not tell of changes)")
    }
    // Beside the mount, so that nothing could be told.
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    try eventually("they are seen") { try spool.lines("runs") == ["1", "2", "3"] }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when a user without an inotify instance, or a watch, left has no alarms. A user namespace has limits of its own.
  @Test(arguments: [("instances", "Too many open files"), ("watches", "No space left on device")])
  func withoutAWatchItPolls(limit: String, reason: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let limited = ["/usr/bin/unshare", "-U", "-r", "/bin/sh", "-c", "echo 0 > /proc/sys/user/max_inotify_\(limit) && exec \"$@\"", "sh"]
    guard try run("unshare", Array(limited.dropFirst()) + ["true"]).status == 0 else { try Requirements.lacks("user namespaces") }
    let daemon = try RunningDaemon(spool, command: limited)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("it is seen") { try spool.lines("runs") == ["1"] }
    #expect(try spool.alarmd("status").output.contains("watch: polling (\(reason) (inotify))"))
    #expect(try daemon.end(SIGTERM) == 0)
  }

}
