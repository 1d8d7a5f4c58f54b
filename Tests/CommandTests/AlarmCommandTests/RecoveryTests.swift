import Foundation
import SharedKernel
import TestSupport
import Testing

/// Whatever happens to the feed, alarms are raised once for what is in the mailboxes (invariant 6).
@Suite struct RecoveryTests {
  private static let log = "echo \"$1 $2 $MSG_ALARM_MESSAGE\" >> $OUT/runs"

  /// Breaks when a delivery that the feed could not take is never told, told twice, or not marked.
  @Test func aMissingEventIsMadeGood() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    try spool.deliver(1)
    #expect(try spool.alarmd("--once").status == 0)
    let missed = try spool.deliver(2, isAnnounced: false)
    #expect(try run("rm", [spool.path("alarms/compared")]).status == 0)
    for _ in 1...2 {
      #expect(try spool.alarmd("--once").status == 0)
      #expect(try spool.lines("runs").suffix(2).sorted() == ["arrived bob \(missed)", "sent alice \(missed)"])
      #expect(
        try spool.history(".seq, .kind, .recovered // false").sorted() == [
          "1 arrived false", "1 sent false", "2 arrived true", "2 sent true",
        ])
    }
  }

  /// Breaks when the mailboxes are not looked at every ten minutes, or each time.
  @Test func mailboxesAreComparedNowAndThen() throws {
    let spool = try AlarmSpool()
    #expect(try spool.alarmd("--once").status == 0)
    try spool.deliver(1, isAnnounced: false)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.alarmd("history").status == 1)
    let later = SystemNow.timestamp.adding(.seconds(-601))
    try spool.write("alarms/compared", "\(later.rfc3339)\n")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.alarmd("history", "--count").output == "2\n")
    // A clock that was set back is no reason to wait for it.
    try spool.deliver(2, isAnnounced: false)
    try spool.write("alarms/compared", "2099-01-01T00:00:00Z\n")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.alarmd("history", "--count").output == "4\n")
  }

  /// Breaks when a feed that was wiped takes with it what was not told yet, or brings back what was.
  @Test func aWipedFeedLosesNothing() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let told = try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    var waiting: [String] = []
    for number in 2...3 { waiting.append("arrived carol \(try spool.deliver(number, to: ["bob", "carol"], copy: 2))") }
    let read = try spool.deliver(4, to: ["bob", "carol"], copy: 2)
    try spool.markRead(read, of: "carol")
    #expect(try run("rm", ["-r", spool.path("feed")]).status == 0)
    try spool.write("alarms/compared", "2000-01-01T00:00:00Z\n")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["arrived carol \(told)"] + waiting)
    #expect(try spool.history(".state").filter { $0 == "read" }.count == 1)
  }

  /// The same under a running daemon, while a lane holds alarms that have not been told.
  @Test func aFeedWipedUnderTheDaemonLosesNothing() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "[ -e $OUT/go ] || exit 75; \(Self.log)")
    let daemon = try RunningDaemon(spool)
    var all: [String] = []
    for number in 1...3 { all.append("arrived carol \(try spool.deliver(number, to: ["bob", "carol"], copy: 2))") }
    try eventually("the first is tried") { try spool.history(".state") == ["retrying"] }
    #expect(try run("rm", ["-r", spool.path("feed")]).status == 0)
    try spool.write("go", "")
    try eventually("all are told") { try Set(spool.lines("runs")).isSuperset(of: all) }
    try eventually("the loss is noticed") { try spool.history(".state").contains("gap") }
    let later = try spool.deliver(4, to: ["bob", "carol"], copy: 2)
    try eventually("the next is told") { try spool.lines("runs").contains("arrived carol \(later)") }
    let (told, history) = (try spool.lines("runs"), try spool.history(".time,.kind,.message,.state,.seq"))
    #expect(told == all + ["arrived carol \(later)"], "\(told) \(history)")
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when events that were cut off are lost where the message is still unread.
  @Test func aGapIsRebuiltFromTheMailboxes() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    let lost = try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    let later = try spool.deliver(3, to: ["bob", "carol"], copy: 2)
    #expect(try run("rm", [spool.path("feed/000000000001/000000000002")]).status == 0)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").dropFirst() == ["arrived carol \(later)", "arrived carol \(lost)"])
    #expect(
      try spool.history(".seq, .state, .recovered // false") == [
        "1 delivered false", "2 gap false", "3 delivered false", "4 delivered true",
      ])
  }

  /// Breaks when something that stands where the feed should ends the daemon, or events are lost by it.
  @Test func aFeedThatCannotBeReadIsWaitedFor() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("the first is told") { try spool.lines("runs").count == 1 }
    #expect(try run("mv", [spool.path("feed"), spool.path("feed.away")]).status == 0)
    try spool.write("feed", "not a folder")
    try eventually("it is told") { try spool.alarmd("status").output.contains("the feed cannot be read") }
    #expect(try run("rm", [spool.path("feed")]).status == 0)
    #expect(try run("mv", [spool.path("feed.away"), spool.path("feed")]).status == 0)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    try eventually("it goes on") { try spool.lines("runs").count == 2 }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when the sender of a queued message that was given up hears nothing, or its receiver does.
  @Test func aGivenUpMessageIsToldToItsSender() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "echo \"$1 $2\" >> $OUT/runs; cat >> $OUT/in")
    try spool.giveUp(1, because: "no credit for 3 days: 잔액 부족")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["failed alice"])
    #expect(
      try run("jq", ["-r", ".message.text"], input: spool.read("in")).lines == [
        "Not delivered to bob: no credit for 3 days: 잔액 부족", "안녕",
      ])
    #expect(try spool.history(".kind, .state") == ["failed delivered"])
  }

  /// Breaks when SIGHUP ends the daemon, tells anything again, or leaves the old settings in force.
  @Test func hangUpReadsTheSettingsAgain() throws {
    let spool = try AlarmSpool(config: "hook-slots = 1\n")
    try spool.hook("log", Self.log)
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("it is told") { try spool.lines("runs").count == 1 }
    #expect(try run("mkdir", ["-m", "700", spool.path("other")]).status == 0)
    #expect(try run("cp", ["-p", spool.path("alarms/hooks/log"), spool.path("other/second")]).status == 0)
    try spool.write("config", "hooks = other\n")
    kill(daemon.id, SIGHUP)
    try eventually("the other folder is used") { try spool.alarmd("status", "--json").output.contains("\"second\"") }
    try spool.write("config", "hooks = nowhere\n")
    kill(daemon.id, SIGHUP)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    try eventually("the next is told") { try spool.lines("runs").count == 2 }
    #expect(try spool.history(".seq, .hook, .state") == ["1 log delivered", "2 second delivered"])
    #expect(try spool.read("tmp/daemon-errors").contains("hooks = nowhere: no such folder"))
    #expect(try daemon.end(SIGTERM) == 0)
  }
}
