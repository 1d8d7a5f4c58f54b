import Foundation
import TestSupport
import Testing

@Suite struct HookRunTests {
  /// Breaks when a folder of hooks that the configuration names is not there, and every alarm goes by in silence.
  @Test(arguments: ["", "--once", "check", "test log"]) func aMissingFolderOfHooksIsAnError(command: String) throws {
    let spool = try AlarmSpool(config: "price = 1\nhooks = my-hooks\n")
    let words = command.split(separator: " ").map(String.init)
    let missing = try spool.spool.run("msg-alarmd", words)
    #expect(missing.status == 78 && missing.errors.contains("config:2: hooks = my-hooks: no such folder"), "\(missing)")
    try spool.write("my-hooks", "")
    let file = try spool.spool.run("msg-alarmd", words)
    #expect(file.status == 78 && file.errors.contains("config:2: hooks = my-hooks: not a folder"), "\(file)")
  }

  /// Breaks when a folder that anybody may put hooks into is taken for an empty one.
  @Test func aFolderThatOthersMayWriteToIsRefused() throws {
    let spool = try AlarmSpool()
    #expect(try run("chmod", ["777", spool.path("alarms/hooks")]).status == 0)
    let check = try spool.alarmd("check")
    #expect(check.status == 78 && check.output.contains(".: refused: writable by others: chmod go-w the folder"), "\(check)")
    #expect(try spool.alarmd("--once").errors.contains("writable by others"))
  }

  /// Breaks when the group of a shared spool may not even look at its hooks.
  @Test(arguments: [("shared = yes\n", "750"), ("", "700")]) func theFolderOfHooksIsTheGroups(config: String, mode: String) throws {
    let spool = try AlarmSpool(config: config)
    #expect(try run("rmdir", [spool.path("alarms/hooks")]).status == 0)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try run("stat", ["-c", "%a", spool.path("alarms/hooks")]).output == "\(mode)\n")
  }

  /// Breaks when a hook is not given what the manual promises: arguments, environment, one line of JSON.
  @Test func hooksAreCalledForSentAndArrived() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "cat >> $OUT/in; env | sort > $OUT/env.$1; echo \"$@\" >> $OUT/args")
    let message = try spool.deliver(1, to: ["bob", "carol"], text: "안녕 \"bob\"\n둘째 줄\n")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let once = try spool.alarmd("--once")
    #expect(once.status == 0, "\(once)")
    #expect(once.output.isEmpty && once.errors.isEmpty)
    func jq(_ filter: String) throws -> [String] { try run("jq", ["-r", filter], input: spool.read("in")).lines.sorted() }
    #expect(
      try jq(#""\(.v) \(.kind) \(.seq) \(.from) \(.to) \(.attempt) \(.redelivered)""#) == [
        "1 arrived 1 alice bob 1 false", "1 arrived 2 alice carol 1 false", "1 sent 1 alice alice 1 false",
      ])
    #expect(try jq("select(.kind == \"sent\") | .message.text") == ["둘째 줄", "안녕 \"bob\""])
    #expect(try jq(".message | \"\\(.id) \\(.subject) \\(.priority)\"") == Array(repeating: "\(message) 제목 normal", count: 3))
    #expect(try jq("select(.kind == \"sent\") | keys_unsorted | join(\" \")") == ["v id kind seq from to at attempt redelivered message"])
    #expect(try jq("select(.kind == \"sent\") | .message | keys_unsorted | join(\" \")") == ["id subject text date size priority"])
    let ids = try jq("\"\\(.kind) \\(.to) \\(.id)\"")
    #expect(try spool.lines("args").sorted() == ids)
    let environment = try spool.lines("env.sent")
    for setting in [
      "MSG_ALARM_KIND=sent", "MSG_ALARM_TO=alice", "MSG_ALARM_MESSAGE=\(message)", "MSG_ALARM_HOOK=log",
      "MSG_ALARM_SPOOL=\(spool.spool.path)", "MSG_ALARM_PREVIEW=안녕 \"bob\" 둘째 줄", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin",
      "TZ=Asia/Seoul", "PWD=/",
    ] {
      #expect(environment.contains(setting), "\(setting) in \(environment)")
    }
    #expect(!environment.contains { $0.hasPrefix("MSG_SPOOL") || $0.hasPrefix("MSG_USER") })
    #expect(
      try spool.history(".seq, .kind, .receiver, .hook, .state, .attempt, .exit").sorted() == [
        "1 arrived bob log delivered 1 0", "1 sent alice log delivered 1 0", "2 arrived carol log delivered 1 0",
      ])
    // Nothing is told twice.
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("args").count == 3)
  }

  /// Breaks when an alarm is given up at its first failure, tried too early, or a dead one leaves no letter.
  @Test func aRetryThenADeath() throws {
    let spool = try AlarmSpool()
    try spool.hook("flaky", "echo $MSG_ALARM_ATTEMPT >> $OUT/attempts; exit 75")
    let message = try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let first = try spool.alarmd("--once")
    #expect(first.status == 75)
    #expect(first.errors == "msg-alarmd: 1 alarm waits for another try: run it again later\n")
    let second = try spool.alarmd("--once")
    #expect(second.status == 75 && second.errors.isEmpty, "it is known: \(second)")
    #expect(try spool.lines("attempts") == ["1"])
    #expect(try spool.history(".state, .attempt, .exit") == ["retrying 1 75"])
    try spool.hook("flaky", "echo $MSG_ALARM_ATTEMPT >> $OUT/attempts; echo no such user >&2; exit 3")
    try eventually("its time comes and it dies") {
      let run = try spool.alarmd("--once", "--quiet")
      #expect(run.status == 1 ? run.errors.contains("1 alarm is dead") : run.errors.isEmpty, "\(run)")
      return run.status == 1
    }
    #expect(try spool.lines("attempts") == ["1", "2"])
    #expect(try spool.history(".state, .attempt, .exit") == ["retrying 1 75", "dead 2 3"])
    let letters = spool.spool.folder.names(in: "spool/alarms/dead/flaky")
    #expect(letters.count == 1)
    let letter = try spool.read("alarms/dead/flaky/\(letters.first ?? "")")
    #expect(
      try run("jq", ["-r", ".alarm.error, .input.message.id"], input: letter).lines == ["exit status 3: no such user", "\(message)"])
    #expect(try spool.alarmd("--once").status == 0)
  }

  /// Breaks when a run whose time is over leaves alarms without a word, or one that is known to wait is told again.
  @Test func whatWasNotTriedIsTold() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "echo x >> $OUT/runs")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let cut = try spool.alarmd("--once", "--max-time", "0")
    #expect(cut.status == 75, "\(cut)")
    #expect(cut.errors == "msg-alarmd: stopped before everything was tried: 1 alarm was not tried yet: run it again\n")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["x"])
    // More than is read at once.
    for number in 2...1200 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    let short = try spool.alarmd("--once", "--max-time", "0")
    #expect(short.status == 75, "\(short)")
    #expect(
      short.errors.contains("stopped before everything was tried: ") && short.errors.contains(" events were not tried yet"), "\(short)")
    #expect(!short.errors.contains("another try"), "\(short)")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["x", "x"])
  }

  /// Breaks when a run that was cut off is forgotten, repeated more than once, or repeated without its mark.
  @Test func aKilledDaemonRepeatsWhatWasInFlightOnceAndMarksIt() throws {
    let spool = try AlarmSpool()
    try spool.hook(
      "slow",
      "echo \"$MSG_ALARM_SEQ $3 $MSG_ALARM_ATTEMPT $MSG_ALARM_REDELIVERED\" >> $OUT/runs; echo $$ >> $OUT/pids; [ -e $OUT/go ] || exec sleep 1000"
    )
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    let daemon = try RunningDaemon(spool)
    try eventually("the hook runs") { try !spool.lines("runs").isEmpty }
    #expect(try daemon.end(SIGKILL) == 128 + SIGKILL)
    try spool.write("go", "")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.alarmd("--once").status == 0)
    let runs = try spool.lines("runs").map { $0.split(separator: " ").map(String.init) }
    #expect(runs.map { "\($0[0]) \($0[2]) \($0[3])" } == ["1 1 false", "1 2 true", "2 1 false"])
    #expect(runs[0][1] == runs[1][1])
    #expect(try spool.history(".seq, .state, .attempt, .redelivered // false") == ["1 delivered 2 true", "2 delivered 1 false"])
    // The run that was cut off went on without its daemon.
    if let orphan = Int32(try spool.lines("pids")[0]) { kill(orphan, SIGKILL) }
  }

  /// Breaks when a refused hook stops the others, is run, or is passed over in silence.
  @Test func aRefusedHookIsNamed() throws {
    let spool = try AlarmSpool()
    try spool.hook("good", "echo $1 >> $OUT/runs")
    try spool.hook("plain", "echo bad >> $OUT/runs", mode: "644")
    try spool.hook("open", "echo bad >> $OUT/runs", mode: "777")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let once = try spool.alarmd("--once")
    #expect(once.status == 0)
    #expect(once.errors.contains("plain: not run: not executable"))
    #expect(once.errors.contains("open: not run: writable by others"))
    #expect(try spool.lines("runs") == ["arrived"])
    let check = try spool.alarmd("check")
    #expect(check.status == 78)
    #expect(check.lines.first == "good: runs")
  }

  /// Breaks when after a stop an event is lost, told twice, or out of order.
  @Test func catchesUpInOrder() throws {
    let spool = try AlarmSpool(config: "hook-rate = 10000\nreceiver-rate = 10000\ndigest = no\n")
    try spool.hook("log", "echo $MSG_ALARM_SEQ >> $OUT/runs")
    for number in 1...1500 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == (1...1500).map(String.init))
    #expect(try spool.alarmd("history", "--count").output == "1500\n")
  }

  /// Breaks when --max-time is not kept to, or what is left is lost.
  @Test func maxTimeLeavesTheRestForLater() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "echo $MSG_ALARM_SEQ >> $OUT/runs")
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    #expect(try spool.alarmd("--once", "--max-time", "0").status == 75)
    #expect(try spool.lines("runs").isEmpty)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["1", "2", "3"])
  }

  /// Breaks when `test` does not tell how the hook answers.
  @Test(arguments: [(0, 0), (75, 75), (67, 67), (78, 78), (1, 69)])
  func tryingAHookOut(exit: Int, status: Int32) throws {
    let spool = try AlarmSpool()
    try spool.hook("try", "cat > $OUT/in; exit \(exit)")
    let test = try spool.alarmd("test", "try", "--to", "carol")
    #expect(test.status == status)
    #expect(test.errors.isEmpty == (exit == 0))
    #expect(try run("jq", ["-r", ".kind, .from, .to"], input: spool.read("in")).lines == ["test", "alice", "carol"])
    #expect(try spool.alarmd("history").status == 1)
    #expect(try spool.alarmd("test", "none").status == 66)
  }
}
