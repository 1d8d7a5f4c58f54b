import AlarmStore
import Alarms
import JSONText
import SharedKernel
import SpoolWatcher
import SystemCalls

/// Keeps `alarms/status` true while the daemon runs.
final class StatusReport {
  private let file: StatusFile
  private var written: JSONValue?

  init(_ file: StatusFile) { self.file = file }

  func isStale(_ dispatcher: AlarmDispatcher, _ mode: SpoolWatcher.Mode) -> Bool { content(dispatcher, mode) != written }

  func write(_ dispatcher: AlarmDispatcher, _ mode: SpoolWatcher.Mode) throws(SystemError) {
    let content = content(dispatcher, mode)
    if content == written { return }
    try file.write(content)
    written = content
  }

  private func content(_ dispatcher: AlarmDispatcher, _ mode: SpoolWatcher.Mode) -> JSONValue {
    let (watch, reason): (String, String?) =
      switch mode {
      case .inotify: ("inotify", nil)
      case .polling(let reason): ("polling", reason)
      }
    let hooks = dispatcher.catalogue.runnable.map { hook in
      let health = dispatcher.scheduler.health[hook] ?? HookHealth()
      return JSONValue.record([
        ("name", .string(hook.text)), ("state", "ok"), ("ok", number(health.succeeded)), ("retry", number(health.retried)),
        ("dead", number(health.died)), ("paused_until", health.pausedUntil.map { .string($0.rfc3339) }),
      ])
    }
    let refused = dispatcher.catalogue.refused.map { refusal in
      JSONValue.record([("name", .string(refusal.name)), ("state", "refused"), ("reason", .string(refusal.reason))])
    }
    return .record([
      ("watch", .string(watch)), ("watch_reason", reason.map { .string($0) }), ("cursor", number(dispatcher.scheduler.cursor)),
      ("waiting", number(dispatcher.scheduler.openCount)), ("hooks", .array(hooks + refused)),
    ])
  }

  private func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
