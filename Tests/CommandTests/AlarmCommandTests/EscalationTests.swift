import Foundation
import SharedKernel
import TestSupport
import Testing

/// `escalate`: who is told, once, when a message stays unread.
@Suite struct EscalationTests {
  private static let log = "cat >> $OUT/in; echo \"$1 $2 $MSG_ALARM_ESCALATED\" >> $OUT/runs"

  private func old(_ seconds: Int64) -> Timestamp { SystemNow.timestamp.adding(.seconds(-seconds)) }

  /// Breaks when an unread message is not escalated, a read one is, or it is told twice, or not marked.
  @Test func whatStaysUnreadIsToldToAnother() throws {
    let spool = try AlarmSpool(config: "escalate = unread 10m: boss\ndigest = no\n")
    try spool.hook("log", Self.log)
    try spool.deliver(1, to: ["alice", "bob"], copy: 2, text: "help\n", date: old(900))
    let read = try spool.deliver(2, to: ["alice", "bob"], copy: 2, date: old(900))
    try spool.deliver(3, to: ["alice", "bob"], copy: 2, date: old(60))
    try spool.markRead(read, of: "bob")
    let once = try spool.alarmd("--once")
    #expect(once.status == 0 && once.errors.isEmpty, "\(once)")
    #expect(try spool.lines("runs").sorted() == ["arrived bob ", "arrived bob ", "arrived bob ", "arrived boss bob"])
    let told = try run("jq", ["-r", "select(.escalated) | [.to, .escalated, .message.text] | @json"], input: spool.read("in"))
    #expect(told.lines == [#"["boss","bob","Not read by bob:\n\nhelp\n"]"#])
    #expect(
      try spool.history(".seq, .receiver, .state, .escalated // \"\"", ["--to", "boss"]) == ["1 boss delivered bob", "2 boss read bob"])
    #expect(try spool.alarmd("history", "--to", "boss").output.contains(" delivered 1 arrived to boss from alice by log (not read by bob)"))
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 4)
    // The third is still due, whatever has happened to the daemon.
    #expect(try spool.read("feed/consumers/alarmd").hasPrefix("2 "))
  }

  /// Breaks when a running daemon does not wait for the time, or forgets it.
  @Test func theDaemonWaitsForTheTime() throws {
    let spool = try AlarmSpool(config: "escalate = unread 2s: hook:sms\ndigest = no\n")
    try spool.hook("push", "echo push $2 >> $OUT/runs")
    try spool.hook("sms", "echo sms $2 >> $OUT/runs")
    try spool.write("alarms/hooks/sms.conf", "only_if=escalated\n")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["alice", "bob"], copy: 2)
    try eventually("it waits") { try run("jq", [".unread"], input: spool.alarmd("status", "--json").output).lines == ["1"] }
    try eventually("it is told by the other hook") { try spool.lines("runs") == ["push bob", "sms bob"] }
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.read("feed/consumers/alarmd").hasPrefix("1 "))
    #expect(try spool.alarmd("check").lines.contains("sms: runs for what stays unread"))
  }

  /// Breaks when a receiver cannot choose, or a slip in the rule goes by.
  @Test func receiversChooseTheirEscalation() throws {
    let spool = try AlarmSpool(config: "escalate = unread 10m: boss\ndigest = no\n")
    try spool.hook("log", "echo \"$2 $MSG_ALARM_ESCALATED\" >> $OUT/runs")
    try spool.write("alarms/users/bob.conf", "escalate = no\n")
    try spool.write("alarms/users/carol.conf", "escalate = unread 1m: dave\n")
    for (number, name) in ["bob", "carol", "erin"].enumerated() { try spool.deliver(number, to: ["alice", name], copy: 2, date: old(900)) }
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").filter { !$0.hasSuffix(" ") }.sorted() == ["boss erin", "dave carol"])
    try spool.write("alarms/users/bob.conf", "escalate = whenever\n")
    let check = try spool.alarmd("check")
    #expect(check.status == 78 && check.output.contains("bob.conf: line 1: escalate = whenever: write unread 10m: NAME"), "\(check)")
    try spool.write("config", "escalate = unread 10m: hook:pager\n")
    #expect(try spool.alarmd("check").output.contains("config: escalate: there is no hook 'pager' that runs"))
    for rule in ["unread 10: boss", "unread 8d: boss", "read 10m: boss", "unread 10m boss", "unread 0m: boss", "unread 10m: a/b"] {
      try spool.write("config", "escalate = \(rule)\n")
      let refused = try spool.alarmd("--once")
      #expect(refused.status == 78 && refused.errors.contains("config:1: escalate = "), "\(refused)")
    }
  }

  /// Breaks when a daemon that was killed tells an escalation a second time unmarked, or not at all.
  @Test func aKilledDaemonTellsItOnce() throws {
    let spool = try AlarmSpool(config: "escalate = unread 1m: boss\ndigest = no\n")
    try spool.hook("log", "[ $2 = bob ] || { cat >> $OUT/in; while [ ! -e $OUT/go ]; do sleep 0.05; done; }")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["alice", "bob"], copy: 2, date: old(300))
    try eventually("the hook runs") { spool.exists("in") }
    #expect(try daemon.end(SIGKILL) == 137)
    try spool.write("go", "")
    #expect(try spool.alarmd("--once").status == 0)
    let calls = try run("jq", ["-r", "[.id, .escalated, .redelivered] | map(tostring) | join(\" \")"], input: spool.read("in")).lines
    #expect(calls.count == 2 && calls[0].hasSuffix(" bob false") && calls[1].hasSuffix(" bob true"), "\(calls)")
    #expect(calls[0].prefix(26) == calls[1].prefix(26))
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try run("jq", [".id"], input: spool.read("in")).lines.count == 2)
  }
}
