import AlarmStore
import Alarms
import CommandLineTool
import FeedStore
import HookProcess
import SharedKernel
import SpoolLayout
import FileWatching
import SystemCalls

// What the daemon does when its hooks or its settings change, or a signal comes.
extension Daemon {
  func scanHooks(_ dispatcher: AlarmDispatcher) throws(Failure) {
    var catalogue = dispatcher.catalogue
    try keepingWhatIs { () throws(Failure) in catalogue = try hooksNow() }
    if catalogue == dispatcher.catalogue { return }
    for refusal in catalogue.refused {
      log.problem(Failure(.configuration, "\(settings.hooks.path)/\(refusal.name): not run", remedy: refusal.reason))
    }
    for (hook, reason) in catalogue.stopped.sorted(by: { $0.key < $1.key }) {
      log.problem(Failure(.configuration, "\(settings.hooks.path)/\(hook): cannot run, its alarms wait", remedy: reason))
    }
    try dispatcher.setHooks(catalogue)
    if supervision.isReady { log.event("hooks", log.hooks(catalogue)) }
  }

  /// A folder of hooks that goes away while the daemon runs is told, and holds none.
  func hooksNow() throws(Failure) -> HookCatalogue {
    do throws(Failure) { return try settings.catalogue() } catch {
      guard isServing else { throw error }
      log.problem(error)
      return HookCatalogue()
    }
  }

  /// SIGHUP reads the settings again. The first signal to end waits for the hooks that run; the second ends them, and they are
  /// run again, marked. True when it is time to go.
  func heed(_ signals: borrowing SignalDescriptor, _ dispatcher: AlarmDispatcher) throws(Failure) -> Bool {
    while let signal = try nextSignal(signals) {
      if signal == SignalDescriptor.hangUp, mode == .foreground {
        supervision.reloading()
        try reload(dispatcher)
        supervision.reloaded()
      } else if isStopping {
        hooks.killAll()
        return true
      } else {
        isStopping = true
        let running = dispatcher.scheduler.runningCount
        supervision.stopping(running)
        log.event("end", "asked to end" + (running > 0 ? ": waiting for \(running) hook\(running == 1 ? "" : "s")" : ""))
      }
    }
    return false
  }

  private func nextSignal(_ signals: borrowing SignalDescriptor) throws(Failure) -> Int32? {
    do throws(SystemError) { return try signals.next() } catch { throw Failure(storage: error) }
  }

  /// Takes over what the configuration says now; a wrong one is told, and the old one stays in force.
  func reload(_ dispatcher: AlarmDispatcher) throws(Failure) {
    log.forgetProblems()
    do throws(Failure) {
      let settings = try AlarmSettings(Spool.open(at: spool.root.path, for: .reading))
      _ = try settings.catalogue()
      self.settings = settings
    } catch {
      log.problem(error)
    }
    hooks.use(folder: settings.hooks, timeout: settings.hookTimeout)
    memory?.bound(age: settings.historyAge, bytes: settings.historySize)
    dispatcher.surroundings = settings.surroundings
    dispatcher.set(limits: settings.limits, wantsDigests: settings.wantsDigests, escalation: settings.escalation)
    try watch()
    try scanHooks(dispatcher)
    try readChoices(dispatcher)
    log.event("settings", "read the settings again")
  }
}
