import Foundation
import TestSupport
import Testing

/// What the daemon says on standard error, as a journal keeps it.
@Suite struct LogTests {
  /// Breaks when an operator cannot see that the daemon runs, with which hooks, how it looks, and that it has ended.
  @Test func startAndEndAreSaid() throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "exit 0")
    let daemon = try RunningDaemon(spool)
    #expect(
      try spool.lines("tmp/daemon-errors") == [
        "msg-alarmd: serving \(spool.spool.path) (process \(daemon.id)); hooks: push; changes are noticed at once (inotify)"
      ])
    try spool.hook("sms", "exit 0")
    try eventually("the new hook is said") { try spool.read("tmp/daemon-errors").contains("msg-alarmd: hooks: push, sms\n") }
    kill(daemon.id, SIGHUP)
    try eventually("the reading is said") { try spool.read("tmp/daemon-errors").contains("msg-alarmd: read the settings again\n") }
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.lines("tmp/daemon-errors").suffix(2) == ["msg-alarmd: asked to end", "msg-alarmd: ended"])
  }

  /// Breaks when the last line forgets what was published after the daemon last looked.
  @Test func whatCameWhileItEndedIsCounted() throws {
    let spool = try AlarmSpool(config: "digest = no\n")
    try spool.hook("push", "exit 0")
    let daemon = try RunningDaemon(spool)
    kill(daemon.id, SIGSTOP)
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    kill(daemon.id, SIGTERM)
    kill(daemon.id, SIGCONT)
    try eventually("the daemon ends") { daemon.hasEnded }
    #expect(try spool.lines("tmp/daemon-errors").last == "msg-alarmd: ended: 3 alarms wait for the next start")
  }

  /// Breaks when deaths and pauses go by in silence, or flood the journal.
  @Test func deathsAndPausesAreSaidOnceAMinute() throws {
    let spool = try AlarmSpool(config: "digest = no\nhook-rate = 1000\n")
    try spool.hook("push", "[ $2 = alice ] || { echo 'no such number' >&2; exit 1; }; exit 0")
    let daemon = try RunningDaemon(spool)
    for number in 1...12 { try spool.deliver(number, to: ["bob", "bob\(number)"], copy: 2) }
    try eventually("the hook is paused") { try spool.read("tmp/daemon-errors").contains("hook push: paused after failures") }
    #expect(try daemon.end(SIGTERM) == 0)
    let lines = try spool.lines("tmp/daemon-errors")
    let deaths = lines.filter { $0.contains("was given up") }
    let dead = try spool.history(".seq", ["--state", "dead"]).count
    #expect(deaths.count == 2 && deaths[0].contains("hook push: an alarm for bob"), "\(lines)")
    #expect(deaths[0].contains("exit status 1: no such number: see 'msg-alarmd history --state dead'"), "\(lines)")
    #expect(deaths[1].contains("(and \(dead - 2) more deaths within a minute)"), "\(dead) \(lines)")
    #expect(lines.count { $0.contains("hook push: paused after failures (exit status 1: no such number)") } == 1, "\(lines)")
    #expect(lines.last == "msg-alarmd: ended: \(12 - dead) alarms wait for the next start", "\(lines)")
  }

  /// Breaks when a journal cannot tell an error from a note, or `--quiet` and `--verbose` change nothing.
  @Test(arguments: [(["--quiet"], 0, 0), ([], 1, 0), (["--verbose"], 1, 2)]) func theLevelIsChosen(
    options: [String], starts: Int, alarms: Int
  ) throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "exit 0")
    try spool.write("tmp/journal", "")
    let identity = try run("stat", ["-c", "%d:%i", spool.path("tmp/journal")]).lines[0]
    let daemon = try BackgroundProcess(
      ["\(toolFolder)/msg-alarmd"] + options,
      environment: ["MSG_SPOOL": spool.spool.path, "PATH": "/usr/bin:/bin", "TZ": "UTC", "JOURNAL_STREAM": identity],
      errors: spool.path("tmp/journal"))
    try spool.deliver(1)
    try eventually("the hook has run") { try spool.history(".state") == ["delivered", "delivered"] }
    kill(daemon.id, SIGTERM)
    try eventually("the daemon ends") { daemon.status != nil }
    let lines = try spool.lines("tmp/journal")
    #expect(lines.count { $0.hasPrefix("<5>msg-alarmd: serving ") } == starts, "\(lines)")
    #expect(lines.count { $0.hasPrefix("<6>msg-alarmd: ") && $0.contains(" delivered 1 ") } == alarms, "\(lines)")
  }

  /// Breaks when a mistake in a setting is not said when it is made, or is said again and again.
  @Test func mistakesInSettingsAreSaidOnce() throws {
    let spool = try AlarmSpool()
    let daemon = try RunningDaemon(spool)
    try spool.hook("push", "exit 0", mode: "777")
    try eventually("the refusal is said") { try spool.read("tmp/daemon-errors").contains("hooks/push: not run: writable by others") }
    try spool.write("config", "hook-timeout = soon\n")
    kill(daemon.id, SIGHUP)
    try eventually("the mistake is said") { try spool.read("tmp/daemon-errors").contains("config:1: hook-timeout = soon") }
    #expect(!daemon.hasEnded)
    #expect(try daemon.end(SIGTERM) == 0)
  }
}
