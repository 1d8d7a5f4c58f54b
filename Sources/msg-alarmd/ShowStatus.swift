import AlarmStore
import Alarms
import CommandLineTool
import Composition
import FeedStore
import JSONText
import SharedKernel
import SpoolDirectory
import SystemCalls

/// An event that waits longer than this is late, in seconds.
private let lateAfter: Int64 = 60

/// How the daemon is doing, whether it runs or not.
private struct Health {
  let processID: Int32?
  let cursor: Int
  let head: Int
  /// Seconds since the oldest event that is not dealt with was sent; 0 for none.
  let lagSeconds: Int64
  let report: JSONValue?
  let dead: [String: Int]
  /// Lines of the history of this day and the day before that cannot be read.
  let damagedLines: Int

  init(_ spool: Spool) throws {
    processID = try InstanceLock.holder(root: spool.root)
    report = processID == nil ? nil : try StatusFile.read(root: spool.root)
    dead = try DeadLetters.counts(root: spool.root)
    let yesterday = SystemClock().now().adding(seconds: -86400)
    damagedLines = try HistoryReader(root: spool.root).forEach(from: yesterday) { _ in true }
    let reader = FeedReader(root: spool.root)
    head = try reader.head() ?? 0
    cursor = min(try Progress(root: spool.root).cursor ?? report?["cursor"]?.integer.map { Int($0) } ?? 0, head)
    if cursor < head, let oldest = try reader.first(from: cursor + 1), case .happened(let event) = try reader.entry(oldest) {
      lagSeconds = max(0, SystemClock().now().seconds - event.at.seconds)
    } else {
      lagSeconds = 0
    }
  }

  var lag: Int { head - cursor }

  /// The hooks as they are shown; a pause that is over is none.
  func hooks(at now: Timestamp) -> [JSONValue] {
    (report?["hooks"]?.array ?? []).map { hook in
      guard case .object(let members) = hook, let end = hook["paused_until"]?.string.flatMap({ Timestamp(rfc3339: $0) }), end > now
      else { return hook }
      return .object(members.map { $0.key == "state" ? JSONValue.Member("state", "paused") : $0 })
    }
  }

  /// What is not as it should be, in words.
  func complaints(at now: Timestamp) -> [String] {
    var complaints: [String] = []
    for hook in hooks(at: now) {
      let name = hook["name"]?.string ?? "?"
      switch hook["state"]?.string {
      case "paused": complaints.append("hook \(name) is paused after failures")
      case "refused": complaints.append("hook \(name) is not run: \(hook["reason"]?.string ?? "?")")
      default: break
      }
    }
    if lag > 0, lagSeconds > lateAfter { complaints.append("the oldest waiting event is \(lagSeconds) s old") }
    for (hook, count) in dead.sorted(by: { $0.key < $1.key }) { complaints.append("\(count) dead in alarms/dead/\(hook)") }
    return complaints
  }

  /// 0 healthy, 1 degraded, 3 not running.
  func status(at now: Timestamp) -> ExitStatus {
    if processID == nil { return ExitStatus(3) }
    return complaints(at: now).isEmpty ? .done : .nothing
  }
}

/// `msg-alarmd status`.
func showStatus(_ tool: Tool, spool path: String) throws -> ExitStatus {
  let health = try Health(Spool.open(at: path, for: .reading))
  if health.damagedLines > 0 { tool.diagnostics.note(damagedLines(health.damagedLines)) }
  let now = SystemClock().now()
  let complaints = health.complaints(at: now)
  let isHealthy = complaints.isEmpty
  let state = health.processID == nil ? "stopped" : isHealthy ? "healthy" : "degraded"
  let hooks = health.hooks(at: now)
  if tool.arguments.has(AlarmOptions.json) {
    let dead = JSONValue.object(health.dead.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer(Int64($0.value))) })
    let line = JSONValue.record([
      ("state", .string(state)), ("pid", health.processID.map { .integer(Int64($0)) } ?? .null),
      ("watch", health.report?["watch"] ?? .null), ("watch_reason", health.report?["watch_reason"]),
      ("head", .integer(Int64(health.head))), ("cursor", .integer(Int64(health.cursor))), ("lag_events", .integer(Int64(health.lag))),
      ("lag_seconds", .integer(health.lagSeconds)), ("waiting", health.report?["waiting"] ?? .null), ("hooks", .array(hooks)),
      ("dead", dead), ("problems", .array(complaints.map { .string($0) })),
    ])
    try tool.output.writeLine(line.line)
    return health.status(at: now)
  }
  try tool.output.writeLine("msg-alarmd: \(state)\(health.processID.map { " (process \($0))" } ?? "")")
  if let watch = health.report?["watch"]?.string {
    try tool.output.writeLine("watch: \(watch)\(health.report?["watch_reason"]?.string.map { " (\($0))" } ?? "")")
  }
  try tool.output.writeLine("lag: \(health.lag) \(health.lag == 1 ? "event" : "events"), \(health.lagSeconds) s")
  for hook in hooks where hook["state"]?.string != "refused" {
    func count(_ key: String) -> Int64 { hook[key]?.integer ?? 0 }
    try tool.output.writeLine(
      "hook \(hook["name"]?.string ?? "?"): \(hook["state"]?.string ?? "?"), \(count("ok")) ok, \(count("retry")) retried, \(count("dead")) dead"
    )
  }
  for complaint in complaints { try tool.output.writeLine("problem: \(TerminalText.visible(complaint))") }
  return health.status(at: now)
}
