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
  /// Between two looks for what is over.
  private static let strayInterval = Duration.hours(1)

  /// Looks at what may have changed, but for the feed itself.
  func notice(_ change: SpoolWatcher.Change, _ dispatcher: AlarmDispatcher) throws(Failure) {
    if !change.isDisjoint(with: [.hooks, .segments]) { try watch() }
    if change.contains(.hooks) { try scanHooks(dispatcher) }
    if change.contains(.settings) { try keepingWhatIs { () throws(Failure) in try readChoices(dispatcher) } }
    // Only the probe asks for everything at once.
    if change == .everything { try probe(dispatcher) }
    if change.contains(.settings) { dispatcher.reconsider() }
  }

  /// What people have chosen and cannot be read at the moment stays as it was; it is told, and looked at again. At the start nothing
  /// is known yet: without its hooks a daemon would let every alarm go by.
  func keepingWhatIs(_ body: () throws(Failure) -> Void) throws(Failure) {
    do throws(Failure) { try body() } catch {
      guard mode == .foreground, supervision.isReady else { throw error }
      log.problem(error)
    }
  }

  /// A feed that cannot be made, or looked into, is told; it is looked for again.
  func watch() throws(Failure) {
    var feed: [String] = []
    do throws(SystemError) { feed = try points.paths() } catch { log.problem(Failure(storage: error)) }
    let root = spool.root.path
    watcher.watch(
      feed: feed, outbox: "\(root)/\(SpoolFolder.outbox)", hooks: settings.hooks.path, settings: settingFolders.map { "\(root)/\($0)" })
  }

  /// Reads on. Where a gap was found, what is still unread of it is made good at once.
  func readFeed(_ dispatcher: AlarmDispatcher) throws(Failure) -> Bool {
    let mayHaveMore = try dispatcher.readFeed()
    if let trouble = dispatcher.trouble { log.problem(trouble) }
    guard !mayHaveMore, dispatcher.hasFoundGap, let reconciliation else { return mayHaveMore }
    return try compare(reconciliation, dispatcher)
  }

  /// A cursor that cannot be written now is older than the truth, which does no harm; it is written when it can be.
  /// A history that cannot be made durable is another thing: the daemon ends.
  func saveCursor(_ dispatcher: AlarmDispatcher) throws(Failure) {
    try memory?.sync()
    do throws(Failure) { try dispatcher.saveCursor() } catch {
      if mode != .foreground { throw error }
      log.problem(error)
    }
  }

  /// What the daemon says of itself is no reason to end: it is told, and written again when it can be.
  func writeStatus(_ dispatcher: AlarmDispatcher) {
    do throws(SystemError) { try status.write(dispatcher, watcher.mode) } catch { log.problem(Failure(storage: error)) }
  }

  func readChoices(_ dispatcher: AlarmDispatcher) throws(Failure) {
    receivers.forget()
    let now = WallClock().now()
    let silences = try onSpool(SilenceFiles.all(root: spool.root))
    let files = SilenceFiles(root: spool.root)
    for silence in silences where !silence.isInForce(at: now) { _ = try onSpool(files.remove(silence.id)) }
    dispatcher.silences = silences.filter { $0.isInForce(at: now) }
    let replays = Replays(root: spool.root)
    for hook in dispatcher.replay(try onSpool(replays.all())) {
      log.problem(
        Failure(
          .configuration, "\(SpoolFolder.replays.folder("\(hook)")): there is no such hook to run",
          remedy: "put it back, or remove that folder"))
    }
  }

  /// Every few seconds, and at the start.
  func probe(_ dispatcher: AlarmDispatcher) throws(Failure) {
    for failure in services.recoverLeftovers(spool) { log.problem(failure) }
    if strays.hasPassed || memory?.isToBePruned == true {
      tidyUp()
      strays = .after(Daemon.strayInterval)
    }
    let isNewFeed = try dispatcher.noticeNewFeed()
    guard let reconciliation else { return }
    let isDue = isNewFeed || dispatcher.hasFoundGap ? true : try reconciliation.isDue()
    if isDue { try compare(reconciliation, dispatcher) }
  }

  /// What cannot be removed now does no harm: it is reported, and tried again the next time.
  func tidyUp() {
    do throws(Failure) {
      try spool.prune(now: WallClock().now())
      try memory?.prune(now: WallClock().now())
    } catch { log.problem(error) }
  }

  /// Makes good what the feed has missed. At the start there is no dispatcher yet, and nothing is open.
  @discardableResult
  func compare(_ reconciliation: FeedReconciliation, _ dispatcher: AlarmDispatcher?) throws(Failure) -> Bool {
    let recovered: [AlarmID]
    do throws(Failure) {
      let (alarms, failures) = try reconciliation.run { dispatcher?.openAlarms() ?? [] }
      failures.forEach { log.problem($0) }
      hasMissedComparison = !failures.isEmpty
      recovered = alarms
    } catch {
      // It is made up for the next time; alarms that are there need not wait for it.
      log.problem(error)
      hasMissedComparison = true
      return false
    }
    dispatcher?.expectRecovered(recovered)
    if !hasMissedComparison { dispatcher?.hasFoundGap = false }
    if recovered.isEmpty, let dispatcher, dispatcher.scheduler.openCount == 0 { try memory?.clearRecovered() }
    return !recovered.isEmpty
  }

  /// A book that cannot be read gives no warning, and delays no other alarm.
  func creditWatch(_ message: MessageID) -> Bool {
    do throws(Failure) { return try services.isCreditLow(message) } catch {
      log.problem(error)
      return false
    }
  }
}
