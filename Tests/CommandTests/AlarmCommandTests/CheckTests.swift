import TestSupport
import Testing

/// `msg-alarmd check` knows whether a hook can start, and whom it would skip.
@Suite struct CheckTests {
  @Test(arguments: [
    ("", "empty: write the hook, or move it away"),
    ("\u{FEFF}#!/bin/sh\n", "begins with a byte order mark (BOM)"),
    ("#!/bin/sh\r\nexit 0\r\n", "its first line ends with a carriage return (CR)"),
    ("#!/usr/bin/no-such-shell\n", "its interpreter /usr/bin/no-such-shell is missing"),
    ("#!/usr/bin/env no-such-program\n", "its interpreter no-such-program is missing"),
    ("#!/usr/bin/env sh -u\n", "its first line gives env more than one word"),
    ("#!/usr/bin/env\n", "its first line names no program for env"),
    ("#!\n", "its first line names no interpreter"),
    ("echo hello\n", "neither a program nor a script"),
    (
      "#!/bin/sh\n# Sends it. Needs: sh, no-such-program (from nowhere); another, where it is there.\n",
      "no-such-program is missing: install"
    ),
  ])
  func whatCannotStartIsTold(content: String, problem: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "exit 0")
    try spool.write("alarms/hooks/push", content)
    let check = try spool.alarmd("check")
    #expect(check.status == 78 && check.lines.count == 1 && check.output.hasPrefix("push: \(problem)"), "\(check)")
    let json = try run("jq", ["-r", "[.hook, .state, .problems[0]] | join(\" \")"], input: spool.alarmd("check", "--json").output)
    #expect(json.output.hasPrefix("push fails \(problem)"), "\(json)")
  }

  @Test(arguments: ["#!/bin/sh\n", "#! /bin/sh -u\n", "#!/usr/bin/env sh\n", "#!/usr/bin/env -S sh -u\n", "#!/bin/sh\n# Needs: sh, env.\n"])
  func whatStartsIsFine(content: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "exit 0")
    try spool.write("alarms/hooks/push", content)
    let check = try spool.alarmd("check")
    #expect(check.status == 0 && check.lines == ["push: runs"], "\(check)")
  }

  /// Breaks when a hook that its mount does not let run is tried again and again, or the reason is not said.
  @Test func aMountThatForbidsHooks() throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "echo \"$1 $2\" >> $OUT/runs")
    try spool.deliver(1)
    func onNoexec(_ script: String) throws -> ToolRun {
      let mounted = "mount --bind \"$MSG_SPOOL\" \"$MSG_SPOOL\" && mount -o remount,bind,noexec \"$MSG_SPOOL\" || exit 99\n"
      return try run(
        "unshare", ["-m", "sh", "-c", mounted + script, "\(toolFolder)/msg-alarmd"], environment: ["MSG_SPOOL": spool.spool.path])
    }
    let reason = "on a file system mounted with noexec: mount it with exec, or set 'hooks = DIR' in the config to a folder on a local disk"
    let check = try onNoexec("\"$0\" check")
    guard check.status != 99 else { try Requirements.lacks("the right to mount") }
    #expect(check.status == 78 && check.lines == ["push: \(reason)"], "\(check)")
    let once = try onNoexec("\"$0\" --once; \"$0\" --once; \"$0\" status")
    #expect(once.errors.split(separator: "\n").count { $0.contains(reason) } == 2, "each run says it once: \(once)")
    #expect(once.output.contains("problem: hook push cannot run, its alarms wait: \(reason)"), "\(once)")
    #expect(try spool.history(".state").isEmpty, "nothing was tried, and nothing given up")
    // Where it may run, what has waited is told.
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 2)
  }

  /// Breaks when a person who is served by cron cannot see that a hook is paused, or why.
  @Test func statusShowsPausedHooksOfCron() throws {
    let spool = try AlarmSpool()
    try spool.hook("push", "echo 'no key' >&2; exit 78")
    try spool.deliver(1)
    #expect(try spool.alarmd("--once").status == 75)
    let status = try spool.alarmd("status")
    #expect(status.status == 3 && status.output.contains("\nhook push: paused, 0 ok, "), "\(status)")
    #expect(status.output.contains("problem: hook push was paused at the end of the last run, after failures"), "\(status)")
    #expect(status.output.contains("last error: exit status 78: no key") && status.lines[1].hasPrefix("last run: "), "\(status)")
    #expect(
      try run("jq", ["-r", ".hooks[].state, .state"], input: spool.alarmd("status", "--json").output).lines == ["paused", "stopped"])
    #expect(try spool.alarmd("status", "--metrics").output.contains("msgspool_alarm_hook_paused{hook=\"push\"} 1"))
  }

  /// Breaks when the items of a digest bury the rest of the history.
  @Test func aDigestIsOneLine() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "exit 0")
    for number in 1...30 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    #expect(try spool.alarmd("--once").status == 0)
    let history = try spool.alarmd("history")
    #expect(history.lines.count == 1 && history.output.contains(" delivered 1-30 digest to carol by log of 30"), "\(history)")
    #expect(try spool.alarmd("history", "--count").output == "1\n")
    #expect(try spool.alarmd("history", "--state", "digested").lines.count == 30)
    #expect(try spool.history(".state").count == 31)
  }

  /// Breaks when nobody is told that a receiver is not told.
  @Test func whomAHookSkipsIsTold() throws {
    let spool = try AlarmSpool()
    try spool.hook("sms", "exit 0")
    try spool.hook("talk", "exit 0")
    try spool.write("alarms/hooks/sms.conf", "# who\nRECEIVERS='\nalice 01012345678\n# bob 2\n'\n")
    try spool.write("alarms/hooks/talk.conf", "RECEIVER=bob   # mine\n")
    for name in ["alice", "bob", "01012345678"] { _ = try run("mkdir", ["-p", spool.path("mailboxes/\(name)")]) }
    let check = try spool.alarmd("check")
    #expect(check.status == 0, "\(check)")
    #expect(
      check.lines.prefix(4) == [
        "sms: runs", "sms: skips alarms for bob: not in sms.conf", "talk: runs",
        "talk: skips alarms for 01012345678, alice: not in talk.conf",
      ], "\(check)")
    let json = try run("jq", ["-c", "select(.hook) | .skips"], input: spool.alarmd("check", "--json").output)
    #expect(json.lines == [#"["bob"]"#, #"["01012345678","alice"]"#])
    // Who has chosen such a hook believes that it tells.
    try spool.write("alarms/users/bob.conf", "hooks = sms sns\n")
    let chosen = try spool.alarmd("check")
    #expect(chosen.status == 78 && chosen.output.contains("alarms/users/bob.conf: hooks: sms skips bob: see sms.conf"), "\(chosen)")
    #expect(chosen.output.contains("alarms/users/bob.conf: hooks: there is no hook 'sns' that runs"), "\(chosen)")
  }
}
