import Foundation
import SharedKernel
import TestSupport
import Testing

@Suite struct SeeingTests {
  /// Breaks when a person cannot see which hook fails, why, and when it is tried next.
  @Test func statusSaysWhatIsWrongWithAHook() throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "echo the server is away >&2; exit 75")
    try spool.hook("mail", "exit 3")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    try eventually("both have failed") { try spool.history(".state").filter { $0 != "digested" }.count >= 3 }
    var text = ""
    try eventually("it says so") {
      text = try spool.alarmd("status").output
      return text.contains("last error: exit status 3") && text.contains("last error: exit status 75: the server is away")
    }
    #expect(text.contains("hook push: retry, 0 ok, 1 retried, 0 dead, 2 waiting, next try "), "\(text)")
    #expect(text.contains("hook mail: dead, 0 ok, 0 retried, 2 dead") && text.contains("problem: 2 dead in alarms/dead/mail"), "\(text)")
    let json = try spool.alarmd("status", "--json")
    #expect(json.status == 1)
    #expect(
      try run("jq", ["-r", ".hooks[] | \"\\(.name) \\(.state) \\(.waiting)\""], input: json.output).lines == [
        "mail dead 0", "push retry 2",
      ])
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when quiet hours look like trouble, or nobody can see them.
  @Test func whatIsHeldIsNoProblem() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 0")
    try spool.write("alarms/users/carol.conf", "quiet = 00:00-24:00\n")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2, date: SystemNow.timestamp.adding(.seconds(-9000)))
    var status = try spool.alarmd("status")
    try eventually("it is held") {
      status = try spool.alarmd("status")
      return status.output.contains("held in quiet hours: 1")
    }
    #expect(status.status == 0 && status.output.contains("msg-alarmd: healthy"), "\(status)")
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when Prometheus would refuse what is printed. promtool is the judge.
  @Test func metricsAreGoodPrometheusText() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 3")
    try spool.deliver(1)
    let stopped = try spool.alarmd("status", "--metrics")
    #expect(stopped.status == 3 && stopped.output.contains("\nmsgspool_alarm_up 0\n"))
    let daemon = try RunningDaemon(spool)
    var running = stopped
    try eventually("both have died") {
      running = try spool.alarmd("status", "--metrics")
      return running.output.contains("msgspool_alarm_hook_outcomes_total{hook=\"log\",outcome=\"dead\"} 2\n")
    }
    #expect(running.output.contains("\nmsgspool_alarm_dead_letters{hook=\"log\"} 2\n"))
    for page in [stopped, running] {
      let judged = try run("promtool", ["check", "metrics"], input: page.output)
      #expect(judged.status == 0 && judged.output.isEmpty && judged.errors.isEmpty, "\(judged)")
    }
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when a follower misses a line, shows one twice, or does not end.
  @Test func historyIsFollowed() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 0")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    func follow(_ words: [String], _ output: String) throws -> BackgroundProcess {
      try spool.write(output, "")
      return try BackgroundProcess(
        ["\(toolFolder)/msg-alarmd", "history", "--follow", "--json"] + words, environment: ["MSG_SPOOL": spool.spool.path],
        output: spool.path(output))
    }
    let all = try follow(["--since", "1h ago", "--limit", "3"], "tmp/all")
    let last = try follow(["--to", "dave", "--since", "1h ago", "--limit", "1"], "tmp/last")
    try eventually("what there is is shown") { try spool.lines("tmp/all").count == 1 }
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    try spool.deliver(3, to: ["bob", "dave"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    try eventually("both end at their limit") { all.status != nil && last.status != nil }
    #expect(all.status == 0 && last.status == 0)
    #expect(try run("jq", [".seq"], input: spool.read("tmp/all")).lines == ["1", "2", "3"])
    #expect(try run("jq", [".seq"], input: spool.read("tmp/last")).lines == ["3"])
    #expect(try spool.alarmd("history", "--follow", "--count").status == 64)
  }

  /// Breaks when the settings of a hook are taken for a leftover, or settings without a hook for those of one.
  @Test func checkKnowsTheSettingsOfAHook() throws {
    let spool = try AlarmSpool()
    try spool.hook("good", "exit 0")
    try spool.hook("plain", "exit 0", mode: "644")
    for name in ["good.conf", "plain.conf", "goood.conf", "good.conf~", ".conf"] { try spool.write("alarms/hooks/\(name)", "") }
    let check = try spool.alarmd("check")
    #expect(
      check.lines == [
        "good: runs", "plain: refused: not executable: chmod +x it, or move it away", ".conf: passed over: not meant as a hook",
        "good.conf: settings of good", "good.conf~: passed over: not meant as a hook",
        "goood.conf: settings of no hook: there is no 'goood' here", "plain.conf: settings of plain",
      ], "\(check)")
  }

  /// Breaks when the history grows without bound, or what is still needed goes.
  @Test func historyIsBounded() throws {
    let spool = try AlarmSpool(config: "history-days = 30\nhistory-size = 1048576\n")
    let filler = String(repeating: "{\"x\":\"\(String(repeating: "y", count: 100))\"}\n", count: 8000)
    for (day, content) in [("2001-01-01", "{}\n"), ("2001-01-02", "{}\n")] { try spool.write("alarms/history/\(day).jsonl", content) }
    let yesterday = SystemNow.timestamp.adding(.seconds(-86400)).rfc3339.prefix(10)
    let before = SystemNow.timestamp.adding(.seconds(-172_800)).rfc3339.prefix(10)
    for day in [before, yesterday] { try spool.write("alarms/history/\(day).jsonl", filler) }
    try spool.deliver(1)
    #expect(try spool.alarmd("--once").status == 0)
    // The cursor has moved on from the old days only now.
    #expect(try spool.alarmd("--once").status == 0)
    #expect(
      spool.spool.folder.names(in: "spool/alarms/history").map { String($0.prefix(10)) }
        == [String(yesterday), String(SystemNow.timestamp.rfc3339.prefix(10))])
    #expect(try spool.alarmd("history", "--count").output == "2\n")
  }
}
