import Foundation
import TestSupport
import Testing

@Suite struct ReplayTests {
  private static let log = "cat >> $OUT/in; echo \"$1 $2 $MSG_ALARM_REDELIVERED $MSG_ALARM_ATTEMPT\" >> $OUT/runs"

  /// Breaks when dead alarms are replayed unasked, unmarked, without their text, or stay dead.
  @Test func theDeadAreDeliveredAgain() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 1")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2, text: "저녁 7시\n")
    #expect(try spool.alarmd("--once").status == 1)
    // The feed is not needed for it any more.
    #expect(try run("rm", ["-r", spool.path("feed/000000000001")]).status == 0)
    try spool.hook("log", Self.log)
    let shown = try spool.alarmd("replay", "--dead")
    #expect(shown.status == 0 && shown.lines.count == 1 && shown.output.contains("dead 1 arrived to carol from alice by log"), "\(shown)")
    #expect(shown.errors.contains("1 would be delivered again, marked as redelivered: add --yes"))
    #expect(try spool.alarmd("--once").status == 0)
    #expect(!spool.exists("runs"))
    let done = try spool.alarmd("replay", "--dead", "--yes")
    #expect(done.status == 0 && done.output.isEmpty && done.errors.contains("no msg-alarmd runs"), "\(done)")
    #expect(try spool.alarmd("status", "--json").output.contains("\"dead\":{}"))
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["arrived carol true 2"])
    #expect(try run("jq", ["-r", ".message.text, .redelivered"], input: spool.read("in")).lines == ["저녁 7시", "true"])
    #expect(try spool.history(".state, .redelivered // false", ["--hook", "log"]) == ["dead false", "delivered true"])
    #expect(try spool.alarmd("replay", "--dead", "--yes").status == 1)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 1)
  }

  /// Breaks when a replay that dies again is lost.
  @Test func whatDiesAgainIsDeadAgain() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 1")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    for _ in 1...2 {
      #expect(try spool.alarmd("--once").status == 1)
      #expect(spool.spool.folder.names(in: "spool/alarms/dead/log").count == 1)
      #expect(spool.spool.folder.names(in: "spool/alarms/replay/log").isEmpty)
      #expect(try spool.alarmd("replay", "--dead", "--yes").status == 0)
    }
  }

  /// Breaks when a running daemon does not notice what is wanted again, or a digest falls apart.
  @Test func aDigestIsDeliveredAgainAsOne() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    for number in 1...4 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    let single = try spool.deliver(5, to: ["bob", "dave"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    let daemon = try RunningDaemon(spool)
    #expect(try spool.alarmd("replay", "--since", "tomorrow").status == 1)
    #expect(try spool.alarmd("replay", "--since", "1h ago").lines.count == 2)
    #expect(try spool.alarmd("replay", "--since", "1h ago", "--yes").status == 0)
    try eventually("both come again") { try spool.lines("runs").count == 4 }
    #expect(try spool.lines("runs").suffix(2).sorted() == ["arrived dave true 2", "digest carol true 2"])
    #expect(
      try run("jq", ["-r", "select(.count) | \"\\(.count) \\(.items | length) \\(.items[0].message.preview)\""], input: spool.read("in"))
        .lines
        == ["4 4 안녕", "4 4 안녕"])
    #expect(try spool.alarmd("replay", "--id", "\(single)", "--yes").status == 0)
    try eventually("one comes once more") { try spool.lines("runs").count == 5 }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  @Test(arguments: [[], ["--dead", "--since", "1h ago"], ["--id", "x"], ["--since", "whenever"], ["--dead", "extra"]])
  func mistakesReplayNothing(words: [String]) throws {
    let spool = try AlarmSpool()
    #expect(try spool.spool.run("msg-alarmd", ["replay", "--yes"] + words).status == 64)
  }
}
