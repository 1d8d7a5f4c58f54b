import Foundation
import TestSupport
import Testing

@Suite struct DaemonTests {
  /// Breaks when a running daemon does not notice an event, a new segment or a new hook.
  @Test func eventsAreNoticedAsTheyCome() throws {
    let spool = try AlarmSpool()
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1)
    try eventually("history without hooks") { try spool.history(".kind") == ["sent", "arrived"] }
    try spool.hook("log", "echo $1 $2 >> $OUT/runs")
    try eventually("the hook is seen") {
      try run("jq", ["-r", ".hooks[].name"], input: spool.alarmd("status", "--json").output).lines == ["log"]
    }
    try spool.deliver(2)
    try eventually("hooks run") { try spool.lines("runs").count == 2 }
    #expect(try spool.lines("runs").sorted() == ["arrived bob", "sent alice"])
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.read("feed/consumers/alarmd").hasPrefix("2 "))
  }

  /// Breaks when two daemons serve one spool, or cron is disturbed by the first.
  @Test func aSecondInstanceGivesWay() throws {
    let spool = try AlarmSpool()
    let daemon = try RunningDaemon(spool)
    let second = try spool.alarmd()
    #expect(second.status == 75)
    #expect(second.errors.contains("another msg-alarmd serves this spool (process \(daemon.id) on \(ProcessInfo.processInfo.hostName))"))
    let once = try spool.alarmd("--once")
    #expect(once.status == 0)
    #expect(once.errors.isEmpty)
    #expect(try daemon.end(SIGINT) == 0)
  }

  /// Breaks when SIGTERM cuts a hook off, or lets new ones start.
  @Test func terminationWaitsForRunningHooks() throws {
    let spool = try AlarmSpool()
    try spool.hook("slow", "echo $MSG_ALARM_SEQ >> $OUT/runs; while [ ! -e $OUT/go ]; do sleep 0.05; done")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("the hook runs") { try !spool.lines("runs").isEmpty }
    kill(daemon.id, SIGTERM)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    try spool.write("go", "")
    try eventually("the daemon ends") { try spool.alarmd("status").status == 3 }
    #expect(try spool.lines("runs") == ["1"])
    #expect(try spool.history(".seq, .state, .redelivered // false") == ["1 delivered false"])
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["1", "2"])
  }

  /// Breaks when status does not tell a monitor stopped, healthy and degraded apart.
  @Test func statusTellsHowItIsDoing() throws {
    let spool = try AlarmSpool()
    try spool.deliver(1)
    let stopped = try spool.alarmd("status")
    #expect(stopped.status == 3)
    #expect(stopped.lines == ["msg-alarmd: stopped", "lag: 1 event, 0 s"])
    try spool.hook("log", "exit 0")
    let daemon = try RunningDaemon(spool)
    func json(_ filter: String) throws -> [String] { try run("jq", ["-r", filter], input: spool.alarmd("status", "--json").output).lines }
    try eventually("no lag") { try json(".lag_events") == ["0"] }
    #expect(try spool.alarmd("status").status == 0)
    #expect(try json(".state, .pid, .watch, .hooks[0].name, .hooks[0].ok") == ["healthy", "\(daemon.id)", "inotify", "log", "2"])
    try spool.hook("log", "exit 78")
    try spool.deliver(2)
    try eventually("paused") { try json(".hooks[0].state") == ["paused"] }
    let degraded = try spool.alarmd("status")
    #expect(degraded.status == 1)
    #expect(degraded.output.contains("problem: hook log is paused after failures"))
    #expect(try daemon.end(SIGTERM) == 0)
  }

  /// Breaks when a damaged or alien file in the feed stops events, or is not told.
  @Test func damagedEntriesAreToldAndPassed() throws {
    let spool = try AlarmSpool()
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try spool.write("feed/000000000001/000000000002", "rubbish")
    try spool.write("feed/000000000001/notes", "rubbish")
    try spool.deliver(3, to: ["bob", "carol"], copy: 2)
    try spool.write("feed/000000000001/000000000009", "rubbish")
    try spool.deliver(4, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(
      try spool.history(".seq, .state, .until") == [
        "1 delivered null", "2 void null", "3 delivered null", "4 gap 8", "9 void null", "10 delivered null",
      ])
  }
}

@Suite struct HistoryCommandTests {
  /// Breaks when a filter lets through what it should not.
  @Test func historyIsFiltered() throws {
    let spool = try AlarmSpool()
    let first = try spool.deliver(1)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    #expect(try spool.alarmd("history").status == 1)
    #expect(try spool.alarmd("--once").status == 0)
    func count(_ arguments: String...) throws -> String { try spool.spool.run("msg-alarmd", ["history", "--count"] + arguments).output }
    #expect(try count() == "3\n")
    #expect(try count("--kind", "sent") == "1\n")
    #expect(try count("--to", "carol") == "1\n")
    #expect(try count("--from", "alice") == "3\n")
    #expect(try count("--id", "\(first)") == "2\n")
    #expect(try count("--state", "dead") == "0\n")
    #expect(try count("--hook", "log") == "0\n")
    #expect(try count("--limit", "2") == "2\n")
    let all = try spool.alarmd("history").lines
    for limit in 1...4 {
      #expect(try spool.alarmd("history", "--limit", "\(limit)").lines == Array(all.suffix(limit)), "the newest \(limit)")
    }
    #expect(try count("--since", "tomorrow") == "0\n")
    #expect(try count("--until", "2000-01-01") == "0\n")
    #expect(try count("--since", "2000-01-01T00:00:00Z") == "3\n")
    #expect(try spool.alarmd("history", "--since", "whenever").status == 64)
    #expect(try spool.alarmd("history", "--kind", "odd").status == 64)
    #expect(try spool.alarmd("history").lines.first?.hasSuffix("delivered 1 sent to alice from alice") == true)
  }

  /// Breaks when a damaged line goes by in silence, or one that a killed daemon left torn is called damaged.
  @Test func damagedHistoryIsTold() throws {
    let spool = try AlarmSpool()
    try spool.deliver(1)
    #expect(try spool.alarmd("--once").status == 0)
    let day = try #require(spool.spool.folder.names(in: "spool/alarms/history").first)
    let lines = try spool.lines("alarms/history/\(day)")
    try spool.write("alarms/history/\(day)", lines.joined(separator: "\n") + "\n{\"v\":1,\"ti")
    let torn = try spool.alarmd("history")
    #expect(torn.status == 0 && torn.lines.count == 2 && torn.errors.isEmpty, "\(torn)")
    try spool.write("alarms/history/\(day)", "rubbish\n\(lines[1])\n")
    let damaged = try spool.alarmd("history")
    #expect(damaged.status == 0 && damaged.lines.count == 1, "\(damaged)")
    #expect(damaged.errors == "msg-alarmd: 1 line of the history is damaged: it was passed over\n")
    #expect(try spool.alarmd("status").errors.contains("1 line of the history is damaged"))
    #expect(try spool.alarmd("history", "--quiet").errors.isEmpty)
  }

  /// Breaks under cron: the C locale, and a standard output that is closed or full.
  @Test func theLocaleAndAClosedOutputChangeNothing() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "cat >> $OUT/in; exit 75")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2, subject: "한글", text: "가나다\n")
    #expect(try spool.alarmd("--once", environment: ["LC_ALL": "C", "LANG": ""]).status == 75)
    #expect(try run("jq", ["-r", ".message.subject, .message.text"], input: spool.read("in")).lines == ["한글", "가나다"])
    let tool = "\(toolFolder)/msg-alarmd --spool \(spool.spool.path)"
    #expect(try run("sh", ["-c", "\(tool) history >&-"]).status == 74)
    #expect(try run("sh", ["-c", "\(tool) history > /dev/full"]).status == 74)
    #expect(try run("sh", ["-c", "\(tool) --once >&- 2>&- <&-"]).status == 75)
    #expect(try spool.alarmd("history", "--count").output == "1\n")
  }

  /// Breaks when a mistake on the command line does anything, or is answered with another status than the manual says.
  @Test func mistakesAreRefused() throws {
    let spool = try AlarmSpool()
    #expect(try spool.alarmd("--onec").errors.contains("did you mean --once?"))
    #expect(try spool.alarmd("--onec").status == 64)
    #expect(try spool.alarmd("--max-time", "3").status == 64)
    #expect(try spool.alarmd("status", "extra").status == 64)
    for words in [["--once", "status"], ["status", "--once"], ["check", "--once"], ["--max-time", "3", "history"]] {
      let run = try spool.spool.run("msg-alarmd", words)
      #expect(run.status == 64 && run.errors.contains("cannot be given together"), "\(run)")
    }
    #expect(try spool.alarmd("history", "--id", "nope").errors.contains("'nope'"))
    for words in [["history", "--to", "x y"], ["history", "--from", "x y"]] {
      let run = try spool.spool.run("msg-alarmd", words)
      #expect(run.status == 64 && run.errors.contains("'x y': no name: a name has"), "\(run)")
    }
    #expect(try spool.alarmd("test").status == 64)
    #expect(try spool.alarmd("history", "--limit", "0").status == 64)
    #expect(try spool.alarmd("status", "--spool", "/nonexistent/spool").status == 66)
    try spool.write("config", "hook-timeout = soon\n")
    let wrong = try spool.alarmd("--once")
    #expect(wrong.status == 78)
    #expect(wrong.errors.contains("config:1"))
  }
}
