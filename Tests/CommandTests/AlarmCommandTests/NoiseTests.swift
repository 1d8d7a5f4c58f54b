import Foundation
import SharedKernel
import TestSupport
import Testing

/// What keeps alarms from becoming noise, with the built daemon.
@Suite struct NoiseTests {
  private static let log = "cat >> $OUT/in; echo \"$1 $2\" >> $OUT/runs"

  /// Breaks when the return of a stopped daemon is a flood, or loses something.
  @Test func afterDowntimeALaneGetsOneDigest() throws {
    let spool = try AlarmSpool(config: "hook-slots = 1\n")
    try spool.hook("log", Self.log)
    var messages: [String] = []
    for number in 1...300 { messages.append("\(try spool.deliver(number, to: ["bob", "carol"], copy: 2))") }
    try spool.deliver(1001)
    let read = try spool.deliver(1002, to: ["bob", "carol"], copy: 2)
    try spool.markRead(read, of: "carol")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").sorted() == ["arrived bob", "digest carol", "sent alice"])
    let digest = "select(.kind == \"digest\")"
    func jq(_ filter: String) throws -> [String] { try run("jq", ["-r", filter], input: spool.read("in")).lines }
    #expect(try jq("\(digest) | \"\\(.to) \\(.from) \\(.count)\"") == ["carol alice 300"])
    #expect(try jq("\(digest) | .items[].message.id") == messages)
    let states = Dictionary(grouping: try spool.history(".state", ["--to", "carol"])) { $0 }.mapValues(\.count)
    #expect(states == ["digested": 300, "read": 1, "delivered": 1])
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 3)
  }

  /// Breaks when a running daemon tells a burst one by one, or loses what comes after the fifth.
  @Test func aBurstIsFiveAndThenOne() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let daemon = try RunningDaemon(spool)
    for number in 1...20 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    try eventually("five singles") { try spool.lines("runs").count >= 5 }
    try spool.deliver(21, to: ["bob", "carol"], copy: 2, priority: .urgent)
    try eventually("the urgent one passes") { try spool.lines("runs").count >= 6 }
    #expect(try spool.lines("runs") == Array(repeating: "arrived carol", count: 6))
    // What waits for its minute is told at once by whoever starts anew.
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").last == "digest carol")
    #expect(try run("jq", ["-r", "select(.count) | .count"], input: spool.read("in")).lines == ["15"])
  }

  /// Breaks when quiet hours do not hold, let nothing urgent through, or cron is told of them every minute.
  @Test func quietHoursHold() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    try spool.write("alarms/users/carol.conf", "quiet = 00:00-24:00\nzone = Asia/Seoul\n")
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    try spool.deliver(4, to: ["bob", "carol"], copy: 2, priority: .urgent)
    let night = try spool.alarmd("--once")
    #expect(night.status == 0 && night.errors.isEmpty, "\(night)")
    #expect(try spool.lines("runs") == ["arrived carol"])
    #expect(try spool.history(".seq, .state") == ["1 held", "2 held", "3 held", "4 delivered"])
    try spool.write("alarms/users/carol.conf", "")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["arrived carol", "digest carol"])
    #expect(try spool.history(".state", ["--kind", "digest"]) == ["delivered"])
  }

  /// Breaks when a silence silences nothing, too much, or for ever; or the daemon does not notice it.
  @Test func silencesAreNoticedAndEnd() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    #expect(try spool.alarmd("silence", "--list").status == 1)
    let daemon = try RunningDaemon(spool)
    let made = try spool.alarmd("silence", "--to", "carol", "--for", "2h", "--comment", "이사")
    #expect(made.status == 0 && made.output.isEmpty && made.errors.isEmpty, "\(made)")
    let list = try spool.alarmd("silence", "--list")
    #expect(
      list.status == 0 && list.lines.count == 1 && list.output.hasPrefix("1  until ") && list.output.hasSuffix("to carol, but urgent: 이사\n")
    )
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("it is silenced") { try spool.history(".receiver, .state") == ["carol silenced"] }
    #expect(try spool.alarmd("silence", "--end", "1").status == 0)
    #expect(try spool.alarmd("silence", "--end", "1").status == 66)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    try eventually("it is over") { try spool.lines("runs") == ["arrived carol"] }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  @Test(arguments: [
    ["--for", "never"], ["--for", "0h"], ["--for", "-1h"], ["--for", ""], ["--to", "x y"], ["--hook", "a/b"], ["--list", "--end", "1"],
    ["--list", "--to", "bob"], ["--end", "none"], ["extra"],
  ])
  func mistakesSilenceNothing(words: [String]) throws {
    let spool = try AlarmSpool()
    let outcome = try spool.spool.run("msg-alarmd", ["silence"] + words)
    #expect(outcome.status == 64, "\(outcome)")
    #expect(!spool.exists("alarms/silences"))
  }

  /// Breaks when a flood of urgent messages is told without end, or what is above the ceiling is lost or not said.
  @Test func urgentHasACeiling() throws {
    let spool = try AlarmSpool(config: "receiver-rate = 7\nhook-rate = 1000\n")
    try spool.hook("log", Self.log)
    for number in 1...20 { try spool.deliver(number, to: ["bob", "carol"], copy: 2, priority: .urgent) }
    try spool.deliver(21, to: ["bob", "dave"], copy: 2, priority: .urgent)
    let once = try spool.alarmd("--once")
    #expect(
      once.status == 75 && once.errors.contains("13 alarms wait: a receiver is told no more often than receiver-rate says"), "\(once)")
    #expect(try spool.lines("runs").sorted() == Array(repeating: "arrived carol", count: 7) + ["arrived dave"])
    #expect(try spool.alarmd("--once").status == 75)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 21)
  }

  /// Breaks when a fallback is asked about everything, or a wrong condition is not told.
  @Test func aFallbackWaitsForADeath() throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "echo push $2 >> $OUT/runs; [ $2 = carol ] || exit 1")
    try spool.hook("sms", "echo sms $2 >> $OUT/runs")
    try spool.write("alarms/hooks/sms.conf", "# money\nonly_if=\"dead:push\"\n")
    try spool.deliver(1, to: ["carol", "bob"], copy: 2)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("--once").status == 1)
    #expect(try spool.lines("runs").sorted() == ["push bob", "push carol", "sms bob"])
    #expect(try spool.alarmd("check").output.contains("sms: runs for what is dead at push"))
    try spool.write("alarms/hooks/sms.conf", "only_if = sometimes\n")
    let check = try spool.alarmd("check")
    #expect(
      check.status == 78 && check.output.contains("sms: refused: sms.conf: only_if = sometimes: write only_if = dead:HOOK"), "\(check)")
  }

  /// Breaks when a receiver's choices are not kept to, or a slip in them is not told.
  @Test func receiversChoose() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    try spool.write("alarms/users/alice.conf", "kinds = failed credit\n")
    try spool.write("alarms/users/bob.conf", "qiuet = 22:00-07:00\ndigest = no\n")
    for number in 1...6 { try spool.deliver(number) }
    let once = try spool.alarmd("--once")
    #expect(once.status == 0 && once.errors.contains("alarms/users/bob.conf: line 1: unknown key 'qiuet'"), "\(once)")
    #expect(try spool.lines("runs") == Array(repeating: "arrived bob", count: 6))
    #expect(try spool.history(".state", ["--to", "alice"]) == Array(repeating: "skipped", count: 6))
    let check = try spool.alarmd("check")
    #expect(check.status == 78 && check.output.contains("users/bob.conf: line 1: unknown key"), "\(check)")
  }
}
