import AlarmStore
import Alarms
import Assembly
import CommandLineTool
import JSONText
import SharedKernel
import SpoolLayout

/// `msg-alarmd status`: 0 healthy, 1 degraded, 3 not running.
func showStatus(_ tool: Tool, spool path: String) throws(Failure) -> ExitStatus {
  try tool.arguments.refuse(AlarmOptions.json, with: AlarmOptions.metrics)
  let spool = try Spool.open(at: path, for: .reading)
  let health = try Health(spool)
  let whole =
    tool.arguments.has(AlarmOptions.full)
    ? try SpoolHealth(spool, now: health.now, withBalances: tool.arguments.has(AlarmOptions.metrics)) : nil
  if health.damagedLines > 0 { tool.diagnostics.note(damagedLines(health.damagedLines)) }
  if tool.arguments.has(AlarmOptions.json) {
    try tool.output.writeLine(health.json(whole).line)
  } else if tool.arguments.has(AlarmOptions.metrics) {
    try tool.output.write(health.metrics + (whole?.metrics ?? ""))
  } else {
    for line in health.lines + (whole?.lines ?? []) { try tool.output.writeLine(TerminalText.visible(line)) }
  }
  if health.daemon == nil { return ExitStatus(3) }
  return health.complaints.isEmpty && whole?.complaints.isEmpty ?? true ? .done : .nothing
}

extension Health {
  func json(_ whole: SpoolHealth?) -> JSONValue {
    let process = daemon.map { JSONValue.integer(Int64($0.id ?? 0)) } ?? .null
    let host = daemon?.host.map { JSONValue.string($0) }
    let dead = JSONValue.object(self.dead.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer(Int64($0.value))) })
    return .record([
      ("state", .string(state)), ("pid", process), ("host", host),
      ("started", started.map { .string($0) }),
      ("last_run", lastRun.map { .string($0) }),
      ("watch", watch.map { .string($0) } ?? .null), ("watch_reason", watchReason.map { .string($0) }),
      ("head", .integer(Int64(head))), ("cursor", .integer(Int64(cursor))), ("lag_events", .integer(Int64(lag))),
      ("lag_seconds", .integer(lagTime.components.seconds)), ("waiting", waiting.map { .integer($0) } ?? .null),
      ("held", held.map { .integer($0) } ?? .null), ("unread", unread.map { .integer($0) } ?? .null), ("hooks", .array(hooks)),
      ("dead", dead),
      ("silences", .array(silences.map { $0.json })), ("problems", .array((complaints + (whole?.complaints ?? [])).map { .string($0) })),
      ("spool", whole?.json),
    ])
  }

  /// For a person.
  fileprivate var lines: [String] {
    var lines = ["msg-alarmd: \(state)\(daemon.map { " (\($0))" } ?? "")"]
    if let lastRun = lastRun.flatMap({ Timestamp(rfc3339: $0) }) { lines.append("last run: \(LocalTime.system.second(lastRun))") }
    if let watch { lines.append("watch: \(watch)\(watchReason.map { " (\($0))" } ?? "")") }
    lines.append("lag: \(lag) \(lag == 1 ? "event" : "events"), \(lagTime.components.seconds) s")
    if let held, held > 0 { lines.append("held in quiet hours: \(held)") }
    if let unread, unread > 0 { lines.append("unread, to be escalated: \(unread)") }
    if !silences.isEmpty { lines.append("silences: \(silences.count) (see 'msg-alarmd silence --list')") }
    lines += hooks.filter { $0["state"]?.string != "refused" }.map(line)
    return lines + complaints.map { "problem: \($0)" }
  }

  /// `hook push: retry, 12 ok, 3 retried, 0 dead, 2 waiting, next try 15:04:05, last error: exit status 75`.
  private func line(_ hook: JSONValue) -> String {
    func count(_ key: String) -> Int64 { hook[key]?.integer ?? 0 }
    func time(_ key: String) -> String? {
      hook[key]?.string.flatMap { Timestamp(rfc3339: $0) }.flatMap { $0 > now ? String(LocalTime.system.second($0).suffix(8)) : nil }
    }
    var text = "hook \(hook["name"]?.string ?? "?"): \(hook["state"]?.string ?? "?"), \(count("ok")) ok, \(count("retry")) retried, "
    text += "\(count("dead")) dead"
    if count("waiting") > 0 { text += ", \(count("waiting")) waiting" }
    if let until = time("paused_until") { text += ", paused until \(until)" }
    if let next = time("next_try") { text += ", next try \(next)" }
    if let error = hook["last_error"]?.string { text += ", last error: \(error)" }
    return text
  }
}
