import AlarmStore
import Alarms
import CommandLineTool
import FeedStore
import HookProcess
import SharedKernel
import SpoolLayout
import FileWatching
import SystemCalls

// What the daemon does when something has changed, and every few seconds.
extension Daemon {
  /// Between two looks for strays in `tmp/`.
  private static let strayInterval = Duration.hours(1)

  /// Looks at what may have changed, but for the feed itself.
  func notice(_ change: SpoolWatcher.Change, _ dispatcher: AlarmDispatcher) throws {
    if !change.isDisjoint(with: [.hooks, .segments]) { try watch() }
    if change.contains(.hooks) { try scanHooks(dispatcher) }
    if change.contains(.settings) { try keepingWhatIs { try readChoices(dispatcher) } }
    // Only the probe asks for everything at once.
    if change == .everything { try probe(dispatcher) }
    if change.contains(.settings) { dispatcher.reconsider() }
  }

  /// What people have chosen and cannot be read at the moment stays as it was; it is told, and looked at again. At the start nothing
  /// is known yet: without its hooks a daemon would let every alarm go by.
  private func keepingWhatIs(_ body: () throws -> Void) throws {
    do { try body() } catch {
      guard mode == .foreground, supervision.isReady else { throw error }
      log.problem(Failure(error))
    }
  }

  /// A feed that cannot be made, or looked into, is told; it is looked for again.
  func watch() throws {
    var feed: [String] = []
    do throws(SystemError) { feed = try points.paths() } catch { log.problem(Failure(error)) }
    let root = spool.root.path
    watcher.watch(
      feed: feed, outbox: "\(root)/\(SpoolFolder.outbox)", hooks: settings.hooks.path, settings: settingFolders.map { "\(root)/\($0)" })
  }

  /// Reads on. Where a gap was found, what is still unread of it is made good at once.
  func readFeed(_ dispatcher: AlarmDispatcher) throws -> Bool {
    let mayHaveMore = try dispatcher.readFeed()
    if let trouble = dispatcher.trouble { log.problem(trouble) }
    guard !mayHaveMore, dispatcher.hasFoundGap, let reconciliation else { return mayHaveMore }
    return try compare(reconciliation, dispatcher)
  }

  /// A cursor that cannot be written now is older than the truth, which does no harm; it is written when it can be.
  /// A history that cannot be made durable is another thing: the daemon ends.
  func saveCursor(_ dispatcher: AlarmDispatcher) throws {
    try memory?.sync()
    do throws(Failure) { try dispatcher.saveCursor() } catch {
      if mode != .foreground { throw error }
      log.problem(error)
    }
  }

  /// What the daemon says of itself is no reason to end: it is told, and written again when it can be.
  func writeStatus(_ dispatcher: AlarmDispatcher) {
    do throws(SystemError) { try status.write(dispatcher, watcher.mode) } catch { log.problem(Failure(error)) }
  }

  private func readChoices(_ dispatcher: AlarmDispatcher) throws {
    receivers.forget()
    let now = WallClock().now()
    let silences = try SilenceFiles.all(root: spool.root)
    let files = SilenceFiles(root: spool.root)
    for silence in silences where !silence.isInForce(at: now) { _ = try files.remove(silence.id) }
    dispatcher.silences = silences.filter { $0.isInForce(at: now) }
    let replays = Replays(root: spool.root)
    for hook in dispatcher.replay(try replays.all()) {
      log.problem(
        Failure(
          .configuration, "\(SpoolFolder.replays.folder("\(hook)")): there is no such hook to run",
          remedy: "put it back, or remove that folder"))
    }
  }

  /// Every few seconds, and at the start.
  private func probe(_ dispatcher: AlarmDispatcher) throws {
    for failure in services.recoverLeftovers(spool) { log.problem(failure) }
    if strays.hasPassed || memory?.isToBePruned == true {
      tidyUp()
      strays = .after(Daemon.strayInterval)
    }
    let isNewFeed = try dispatcher.noticeNewFeed()
    guard let reconciliation else { return }
    if try isNewFeed || dispatcher.hasFoundGap || reconciliation.isDue() { try compare(reconciliation, dispatcher) }
  }

  /// What cannot be removed now is in nobody's way: it is told, and tried again the next time.
  private func tidyUp() {
    do {
      try spool.removeStrays(now: WallClock().now())
      try memory?.prune(now: WallClock().now())
    } catch { log.problem(Failure(error)) }
  }

  /// Makes good what the feed has missed. At the start there is no dispatcher yet, and nothing is open.
  @discardableResult
  func compare(_ reconciliation: FeedReconciliation, _ dispatcher: AlarmDispatcher?) throws -> Bool {
    let recovered: [AlarmID]
    do {
      let (alarms, failures) = try reconciliation.run { dispatcher?.openAlarms() ?? [] }
      failures.forEach { log.problem($0) }
      hasMissedComparison = !failures.isEmpty
      recovered = alarms
    } catch {
      // It is made up for the next time; alarms that are there need not wait for it.
      log.problem(Failure(error))
      hasMissedComparison = true
      return false
    }
    dispatcher?.expectRecovered(recovered)
    if !hasMissedComparison { dispatcher?.hasFoundGap = false }
    if recovered.isEmpty, let dispatcher, dispatcher.scheduler.openCount == 0 { try memory?.clearRecovered() }
    return !recovered.isEmpty
  }

  /// A book that cannot be read warns nobody, and keeps no other alarm waiting.
  func creditWatch(_ message: MessageID) -> Bool {
    do throws(Failure) { return try services.isCreditLow(message) } catch {
      log.problem(error)
      return false
    }
  }

  private func scanHooks(_ dispatcher: AlarmDispatcher) throws {
    var catalogue = dispatcher.catalogue
    try keepingWhatIs { catalogue = try hooksNow() }
    if catalogue == dispatcher.catalogue { return }
    for refusal in catalogue.refused {
      log.problem(Failure(.configuration, "\(settings.hooks.path)/\(refusal.name): not run", remedy: refusal.reason))
    }
    try dispatcher.setHooks(catalogue)
    if supervision.isReady { log.event("hooks", log.hooks(catalogue)) }
  }

  /// A folder of hooks that goes away while the daemon runs is told, and holds none.
  private func hooksNow() throws -> HookCatalogue {
    do { return try settings.catalogue() } catch let failure as Failure where isServing {
      log.problem(failure)
      return HookCatalogue()
    }
  }

  /// SIGHUP reads the settings again. The first signal to end waits for the hooks that run; the second ends them, and they are
  /// run again, marked. True when it is time to go.
  func heed(_ signals: borrowing SignalDescriptor, _ dispatcher: AlarmDispatcher) throws -> Bool {
    while let signal = try signals.next() {
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

  /// Takes over what the configuration says now; a wrong one is told, and the old one stays in force.
  private func reload(_ dispatcher: AlarmDispatcher) throws {
    log.forgetProblems()
    do {
      let settings = try AlarmSettings(Spool.open(at: spool.root.path, for: .reading))
      _ = try settings.catalogue()
      self.settings = settings
    } catch {
      log.problem(Failure(error))
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
