import Foundation
import SharedKernel
import TestSupport
import Testing

/// `msg-alarmd silence`, with the built tools.
@Suite struct SilenceTests {
  private static let log = "cat >> $OUT/in; echo \"$1 $2\" >> $OUT/runs"

  /// Breaks when a word that was left out silences everything.
  @Test func withoutASelectorNothingIsSilenced() throws {
    let spool = try AlarmSpool()
    let none = try spool.alarmd("silence")
    #expect(none.status == 1 && none.output.isEmpty, "\(none)")
    for words in [["--for", "2h"], ["--comment", "x"], ["--urgent-too"], ["--all", "--to", "bob"], ["--all", "--list"]] {
      let refused = try spool.spool.run("msg-alarmd", ["silence"] + words)
      #expect(refused.status == 64, "\(refused)")
    }
    #expect(!spool.exists("alarms/silences"))
    #expect(try spool.alarmd("silence", "--all", "--for", "2h", "--urgent-too").status == 0)
    #expect(try spool.alarmd("silence").output.hasSuffix(", everything, urgent too\n"))
    #expect(try spool.alarmd("silence", "--json").output.contains(#""urgent_too":true"#))
  }

  /// Breaks when the history names a silence by an id that another one has got since.
  @Test func idsAreNeverUsedAgain() throws {
    let spool = try AlarmSpool()
    func make() throws -> String { try run("jq", [".id"], input: spool.alarmd("silence", "--all", "--json").output).lines[0] }
    #expect(try make() == "1")
    #expect(try make() == "2")
    for id in ["1", "2"] { #expect(try spool.alarmd("silence", "--end", id).status == 0) }
    #expect(try make() == "3")
  }

  /// Breaks when a number in a file that somebody put there ends the command, or takes the numbers of later silences.
  @Test func numbersBeyondAllIDsArePassedOver() throws {
    let spool = try AlarmSpool()
    #expect(try spool.alarmd("silence", "--all").status == 0)
    let huge = "9223372036854775807"
    try spool.write("alarms/silences/\(huge).json", spool.read("alarms/silences/1.json").replacing("\"id\":1", with: "\"id\":\(huge)"))
    try spool.write("alarms/silences/last", "\(huge)\n")
    let made = try spool.alarmd("silence", "--all", "--json")
    #expect(made.status == 0 && made.output.contains("\"id\":2,"), "\(made)")
    #expect(try spool.alarmd("silence").lines.count == 2)
  }

  /// Breaks when an urgent message is not told because of a silence that was not meant for it.
  @Test func urgentPasses() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    #expect(try spool.alarmd("silence", "--to", "carol").status == 0)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2, priority: .urgent)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.history(".seq, .state") == ["1 silenced", "2 delivered"])
    #expect(try spool.alarmd("silence", "--to", "carol", "--urgent-too").status == 0)
    try spool.deliver(3, to: ["bob", "carol"], copy: 2, priority: .urgent)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.history(".seq, .state").last == "3 silenced")
  }

  /// Breaks when a silence in the morning destroys what the night had held, also over a restart, or does not let it go at its end.
  @Test(arguments: [true, false]) func whatQuietHoursHeldIsToldAfterTheSilence(isDaemon: Bool) throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    try spool.write("alarms/users/carol.conf", "quiet = 00:00-24:00\n")
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    #expect(try spool.alarmd("--once").status == 0)
    let daemon = isDaemon ? try RunningDaemon(spool) : nil
    #expect(try spool.alarmd("silence", "--from", "alice").status == 0)
    try spool.write("alarms/users/carol.conf", "")
    try spool.deliver(4, to: ["bob", "carol"], copy: 2)
    if isDaemon {
      try eventually("what comes later is silenced") { try spool.history(".seq, .state").last == "4 silenced" }
      try eventually("three wait") { try run("jq", [".held"], input: spool.alarmd("status", "--json").output).lines == ["3"] }
    } else {
      let once = try spool.alarmd("--once")
      #expect(once.status == 0 && once.errors.isEmpty, "\(once)")
    }
    #expect(try spool.history(".seq, .state") == ["1 held", "2 held", "3 held", "4 silenced"])
    #expect(try spool.lines("runs").isEmpty)
    #expect(try spool.alarmd("silence", "--end", "1").status == 0)
    if let daemon {
      try eventually("it is told") { try spool.lines("runs") == ["digest carol"] }
      #expect(try daemon.end(SIGTERM) == 0)
    } else {
      #expect(try spool.alarmd("--once").status == 0)
    }
    #expect(try spool.lines("runs") == ["digest carol"])
    #expect(try run("jq", [".count"], input: spool.read("in")).lines == ["3"])
  }

  /// Breaks when a digest that waits for another try is destroyed by a silence, or a silence of one sender mutes another's messages in it.
  @Test func aDigestThatWaitsIsToldAfterTheSilence() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "cat >> $OUT/in; [ -e $OUT/go ] || exit 75")
    try spool.write("alarms/users/carol.conf", "quiet = 00:00-24:00\n")
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    #expect(try spool.alarmd("--once").status == 0)
    try spool.write("alarms/users/carol.conf", "")
    #expect(try spool.alarmd("--once").status == 75)
    #expect(try spool.alarmd("silence", "--to", "carol").status == 0)
    try spool.write("go", "")
    let daemon = try RunningDaemon(spool)
    try eventually("its time comes, and it waits for the silence") {
      try run("jq", [".held"], input: spool.alarmd("status", "--json").output).lines == ["3"]
    }
    #expect(try spool.alarmd("silence", "--end", "1").status == 0)
    try eventually("it is told again") { try spool.history(".state", ["--kind", "digest"]).last == "delivered" }
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try Set(run("jq", ["-c", "[.id, .count]"], input: spool.read("in")).lines).count == 1)
  }
}
