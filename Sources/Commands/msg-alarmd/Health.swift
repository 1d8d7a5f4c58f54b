import AlarmStore
import Alarms
import Assembly
import FeedStore
import JSONText
import SharedKernel
import SpoolLayout
import SystemCalls

/// How the daemon is doing, whether it runs or not.
struct Health {
  /// An alarm that is due and waits longer than this is late: twice what a digest waits.
  private static let lateAfter = Duration.minutes(2)
  /// Bytes at the end of the history that are looked at for damage.
  private static let lookedAt = 1 << 18

  let now = SystemClock().now()
  /// Nil when none runs.
  let daemon: DaemonProcess?
  let cursor: Int
  let head: Int
  /// The time since the oldest event that is not dealt with was sent; zero for none.
  let lagTime: Duration
  /// Letters by the name of their hook.
  let dead: [String: Int]
  let silences: [Silence]
  /// Lines at the end of the history that cannot be read.
  let damagedLines: Int
  /// What the daemon says of itself, or the last one said at its end; nil where none ever ran.
  private let report: JSONValue?

  init(_ spool: Spool) throws(Failure) {
    daemon = try onSpool(InstanceLock.holder(root: spool.root))
    report = try onSpool(StatusFile(root: spool.root).read())
    dead = try onSpool(DeadLetters.counts(root: spool.root))
    let now = now
    silences = try onSpool(SilenceFiles.all(root: spool.root)).filter { $0.isInForce(at: now) }
    damagedLines = try onSpool(HistoryReader(root: spool.root)).damagedLines(inLast: Health.lookedAt)
    let reader = FeedReader(root: spool.root)
    var (head, oldest): (Int, Timestamp?) = (0, nil)
    let known = try onSpool(Progress(root: spool.root)).cursor ?? report?["cursor"]?.integer.map { Int($0) } ?? 0
    do throws(Failure) {
      head = try reader.head() ?? 0
      if known < head, let first = try reader.first(from: known + 1), case .happened(let event) = try reader.entry(first) {
        oldest = event.at
      }
      feedTrouble = nil
    } catch { feedTrouble = error.description }
    (self.head, cursor) = (head, min(known, head))
    lagTime = oldest.map { max(.zero, now.since($0)) } ?? .zero
  }

  private let feedTrouble: String?

  /// Events that are not dealt with.
  var lag: Int { head - cursor }
  /// What the daemon says that runs now; nil when none runs.
  private var current: JSONValue? { daemon == nil ? nil : report }
  /// `inotify` or `polling`; nil when nothing runs.
  var watch: String? { current?["watch"]?.string }
  var watchReason: String? { current?["watch_reason"]?.string }
  var waiting: Int64? { current?["waiting"]?.integer }
  var held: Int64? { current?["held"]?.integer }
  /// Messages that are told to another receiver should they stay unread.
  var unread: Int64? { current?["unread"]?.integer }
  var started: String? { current?["started"]?.string }
  /// When the daemon, or `--once`, was started last that runs no more; nil while one runs.
  var lastRun: String? { daemon == nil ? report?["started"]?.string : nil }

  /// The hooks as they are shown: paused, retry, dead (dead letters wait for a person), stopped, ok or refused. When nothing runs, as they
  /// were at the end of the last run: what is paused then is still to be tried.
  var hooks: [JSONValue] {
    (report?["hooks"]?.array ?? []).map { hook in
      guard case .object(let members) = hook, hook["state"]?.string != "refused" else { return hook }
      var state = hook["state"]?.string ?? "ok"
      if state == "ok", dead[hook["name"]?.string ?? "", default: 0] > 0 { state = "dead" }
      if let end = hook["paused_until"]?.string.flatMap({ Timestamp(rfc3339: $0) }), end > now || daemon == nil {
        state = "paused"
      }
      return .object(members.map { $0.key == "state" ? JSONValue.Member("state", .string(state)) : $0 })
    }
  }

  /// What is not as it should be, in words.
  var complaints: [String] {
    var complaints = [feedTrouble ?? current?["trouble"]?.string].compactMap { $0 }
    for hook in hooks {
      let name = hook["name"]?.string ?? "?"
      switch hook["state"]?.string {
      case "paused":
        complaints.append("hook \(name) \(daemon == nil ? "was paused at the end of the last run," : "is paused") after failures")
      case "stopped": complaints.append("hook \(name) cannot run, its alarms wait: \(hook["reason"]?.string ?? "?")")
      case "refused": complaints.append("hook \(name) is not run: \(hook["reason"]?.string ?? "?")")
      default: break
      }
    }
    let due =
      daemon == nil ? lagTime : report?["oldest_due"]?.string.flatMap { Timestamp(rfc3339: $0) }.map { now.since($0) }
    if let due, due > Health.lateAfter { complaints.append("the oldest waiting event is \(due.components.seconds) s old") }
    for (hook, count) in dead.sorted(by: { $0.key < $1.key }) {
      complaints.append("\(count) dead in \(SpoolFolder.deadLetters.folder(hook))")
    }
    return complaints
  }

  /// `stopped`, `healthy` or `degraded`.
  var state: String { daemon == nil ? "stopped" : complaints.isEmpty ? "healthy" : "degraded" }
}
