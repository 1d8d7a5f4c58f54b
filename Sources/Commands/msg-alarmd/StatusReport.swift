import AlarmStore
import Alarms
import JSONText
import SharedKernel
import FileWatching
import SystemCalls

/// Keeps `alarms/status` true while the daemon runs.
final class StatusReport {
  private let file: StatusFile
  private let started = WallClock().now()
  private var written: (revision: Int, mode: SpoolWatcher.Mode)?

  init(_ file: StatusFile) { self.file = file }

  func isStale(_ dispatcher: AlarmDispatcher, _ mode: SpoolWatcher.Mode) -> Bool {
    written.map { $0.revision != dispatcher.revision || $0.mode != mode } ?? true
  }

  func write(_ dispatcher: AlarmDispatcher, _ mode: SpoolWatcher.Mode) throws(SystemError) {
    if !isStale(dispatcher, mode) { return }
    try file.write(content(dispatcher, mode))
    written = (dispatcher.revision, mode)
  }

  private func content(_ dispatcher: AlarmDispatcher, _ mode: SpoolWatcher.Mode) -> JSONValue {
    let (watch, reason): (String, String?) =
      switch mode {
      case .inotify: ("inotify", nil)
      case .polling(let reason): ("polling", reason)
      }
    let summaries = dispatcher.summaries()
    let hooks = dispatcher.catalogue.runnable.map { hook in
      let health = dispatcher.scheduler.health[hook] ?? HookHealth()
      let summary = summaries[hook] ?? LaneSummary()
      let obstacle = dispatcher.catalogue.stopped[hook]
      return JSONValue.record([
        ("name", .string(hook.text)), ("state", obstacle != nil ? "stopped" : summary.retrying > 0 ? "retry" : "ok"),
        ("reason", obstacle.map { .string($0) }), ("ok", number(health.succeeded)),
        ("retry", number(health.retried)), ("dead", number(health.died)), ("waiting", number(summary.waiting)),
        ("held", number(summary.held)), ("paused_until", health.pausedUntil.map { .string($0.rfc3339) }),
        ("next_try", summary.nextTry.map { .string($0.rfc3339) }), ("last_error", health.lastError.map { .string($0) }),
        ("only_if_dead_at", dispatcher.catalogue.fallbacks[hook].map { .string($0.text) }),
      ])
    }
    let refused = dispatcher.catalogue.refused.map { refusal in
      JSONValue.record([("name", .string(refusal.name)), ("state", "refused"), ("reason", .string(refusal.reason))])
    }
    let trouble = dispatcher.trouble?.description ?? (dispatcher.isOutOfRoom ? "there is no room for the history: make some" : nil)
    return .record([
      ("started", .string(started.rfc3339)), ("watch", .string(watch)), ("watch_reason", reason.map { .string($0) }),
      ("cursor", number(dispatcher.scheduler.cursor)), ("waiting", number(summaries.values.reduce(0) { $0 + $1.waiting })),
      ("held", number(summaries.values.reduce(0) { $0 + $1.held })),
      ("unread", number(summaries.values.reduce(0) { $0 + $1.unread })),
      ("oldest_due", dispatcher.oldestDue().map { .string($0.rfc3339) }), ("trouble", trouble.map { .string($0) }),
      ("hooks", .array(hooks + refused)),
    ])
  }

  private func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
