import Alarms
import CommandLineTool

/// What `msg-alarmd` accepts on its command line.
enum AlarmOptions {
  static let once = Option("once", help: "handle what is due and exit (for cron): 0 nothing left, 1 new dead letters, 75 something waits")
  static let maxTime = Option("max-time", .required("SECONDS"), help: "with --once: start nothing new after so long")
  static let standby = Option("standby", help: "where another msg-alarmd serves the spool, here or on another host, wait and take over")
  static let json = Option("json", help: "one JSON object a line")
  static let since = Option("since", .required("TIME"), help: "not older than this")
  static let until = Option("until", .required("TIME"), help: "not newer than this")
  static let to = Option("to", .required("NAME"), completion: .values(.recipient), help: "alarms for this receiver")
  static let from = Option("from", .required("NAME"), completion: .values(.recipient), help: "messages of this sender")
  static let kind = Option(
    "kind", .required("KIND"), completion: .words(AlarmKind.allCases.map { $0.rawValue }), help: "alarms of this kind")
  static let hook = Option("hook", .required("HOOK"), completion: .values(.hook), help: "what this hook did")
  static let state = Option(
    "state", .required("STATE"),
    completion: .words(HistoryLine.State.allCases.map { $0.rawValue }),
    help: "outcomes of this state")
  static let id = Option("id", .required("ID"), completion: .values(.alarm), help: "this alarm, or the alarms of this message")
  static let limit = Option("limit", .required("N"), help: "the newest N of them")
  static let follow = Option("follow", help: "show each line as it is written, from now or from --since on")
  static let full = Option("full", help: "with the whole spool: sizes, what waits, unread messages, gateways, room on the disk")
  static let metrics = Option("metrics", help: "in the Prometheus text format")
  static let count = Option("count", help: "how many, and nothing else")
  static let receiver = Option(
    "to", .required("NAME"), completion: .values(.recipient), help: "the receiver of the test alarm (else you)")

  static let duration = Option("for", .required("TIME"), help: "how long: 30m, 2h, 3d (default 1h)")
  static let comment = Option("comment", .required("TEXT"), help: "why; shown in the list")
  static let all = Option("all", help: "silence every alarm")
  static let urgentToo = Option("urgent-too", help: "silence alarms of urgent messages as well")
  static let list = Option("list", help: "the silences that are in force (also without a selector)")
  static let end = Option("end", .required("ID"), completion: .values(.silence), help: "end this silence now")

  static let replaySince = Option("since", .required("TIME"), help: "what was told, silenced or dead since then")
  static let dead = Option("dead", help: "what is dead")
  static let yes = Option("yes", short: "y", help: "do it; without it, only what would be done is shown")

  static let status = Command(
    "status", help: "how the daemon is doing: 0 healthy, 1 degraded, 3 not running", options: [full, json, metrics])
  static let history = Command(
    "history", help: "what became of each alarm, oldest first",
    options: [since, until, to, from, kind, hook, state, id, limit, follow, json, count])
  static let replay = Command(
    "replay", help: "deliver alarms once more, marked as redelivered", options: [replaySince, dead, id, to, hook, json, yes])
  static let silence = Command(
    "silence", help: "mute alarms temporarily; without a selector list the silences",
    options: [to, from, hook, all, duration, urgentToo, comment, list, end, json])
  static let check = Command(
    "check", help: "which hooks would run, which would not and why, and whom they would skip", options: [json])
  static let test = Command(
    "test", operands: "HOOK", completing: OperandCompletions(.values(.hook)), help: "run one hook with an alarm of kind test",
    options: [receiver])

  static let table = OptionTable(
    tool: "msg-alarmd", summary: "Raise alarms for messages that were sent and have arrived.",
    usage: [
      "[--standby | --once [--max-time SECONDS]] [OPTION]...", "status | history | replay | silence | check | test HOOK [OPTION]...",
    ],
    options: [once, maxTime, standby],
    groups: [
      OptionGroup("running", [once, maxTime, standby]),
      OptionGroup("selecting alarms", [since, until, to, from, kind, hook, state, id, limit]),
      OptionGroup("output", [follow, count, full, metrics, json]),
      OptionGroup("replaying", [dead, yes]),
      OptionGroup("silencing", [all, duration, urgentToo, comment, list, end]),
    ],
    commands: [status, history, replay, silence, check, test],
    notes: [
      "Without a command it runs in the foreground until it is asked to end (SIGTERM), and then waits for the hooks that run.",
      "Hooks are executables in the spool's alarms/hooks (or 'hooks = DIR' in its config). Each gets KIND RECEIVER ALARM_ID as"
        + " arguments and one line of JSON on standard input. Exit 0: done; 75: try again later; 67: not for this receiver;"
        + " 78: pause this hook; anything else: give up.",
    ])
}
