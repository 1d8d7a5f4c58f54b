import AlarmStore
import Alarms
import CommandLineTool
import FeedStore
import HookProcess
import SharedKernel
import SpoolLayout
import FileWatching
import SystemCalls

/// The daemon: its parts put together, and the one loop that drives them.
final class Daemon {
  enum Mode: Equatable {
    case foreground
    /// Until nothing is left to do, or until then.
    case once(Deadline?)
  }

  /// What the rest of the project tells the daemon, and does for it.
  struct Services {
    /// Goes on with what killed senders left.
    let recoverLeftovers: (Spool) -> [Failure]
    /// Whether a send took its sender's balance below the warning level.
    let isCreditLow: (MessageID) throws(Failure) -> Bool
  }

  /// After this an event that is about to happen is looked at again, where nothing tells that it has.
  private static let soon = Duration.milliseconds(20)
  /// Between two writes of cursor and status.
  private static let housekeepingInterval = Duration.seconds(1)
  /// Until a disk without room is looked at again.
  private static let roomInterval = Duration.seconds(2)

  let tool: Tool
  let spool: Spool
  let services: Services
  var settings: AlarmSettings
  let mode: Mode
  let clock = SteadyClock()
  let receivers: ReceiverFiles
  let hooks: HookProcesses
  let watcher: SpoolWatcher
  let status: StatusReport
  let points: FeedWatchPoints
  let supervision = Supervision()
  let log: DaemonLog
  var isStopping = false
  /// Whether the start is over, at which everything that is wrong is an error.
  var isServing = false
  var strays = Deadline.now
  var reconciliation: FeedReconciliation?
  /// Whether the last comparison of mailboxes and feed could not be brought to its end.
  var hasMissedComparison = false
  var memory: AlarmMemory?

  init(_ tool: Tool, spool: Spool, services: Services) throws(Failure) {
    (self.tool, self.spool, self.services) = (tool, spool, services)
    settings = try AlarmSettings(spool)
    let seconds = try tool.arguments.integer(AlarmOptions.maxTime, in: 0...86400)
    if tool.arguments.has(AlarmOptions.once) {
      mode = .once(seconds.map { .after(.seconds($0)) })
    } else if seconds != nil {
      throw Failure(.usage, "--max-time goes with --once", remedy: "add --once")
    } else {
      mode = .foreground
    }
    let log = DaemonLog(tool.diagnostics, isService: mode == .foreground)
    self.log = log
    receivers = ReceiverFiles(root: spool.root, calendar: WallClock()) { log.problem(Failure(.configuration, $0)) }
    hooks = HookProcesses(folder: settings.hooks, timeout: settings.hookTimeout)
    watcher = SpoolWatcher(spool: spool.root.directory)
    status = StatusReport(StatusFile(root: spool.root))
    points = FeedWatchPoints(root: spool.root)
  }

  /// Serves the spool, unless another daemon does.
  func run() throws(Failure) -> ExitStatus {
    switch try takeLock() {
    case .held(let lock): return try serve(lock)
    case .taken(let other):
      if mode != .foreground { return .done }
      throw Failure(
        .temporary, "\(spool.root.path): another msg-alarmd serves this spool (\(other))",
        remedy: "stop that one first, or leave it the work, or wait for its end with --standby")
    }
  }

  func takeLock(tries: Int = InstanceLock.tries) throws(Failure) -> InstanceLock.Attempt {
    try onSpool(InstanceLock.take(root: spool.root, alarms: spool.root.ensureFolder(.alarms), tries: tries))
  }

  func serve(_ lock: InstanceLock) throws(Failure) -> ExitStatus {
    _ = try settings.catalogue()
    isServing = true
    ignoreBrokenPipes()
    let signals = try onSpool(SignalDescriptor())
    // The group may look into it and run what is there; only its owner puts hooks there.
    _ = try onSpool(spool.root.ensureFolder(.hooks))
    for folder in settingFolders { _ = try onSpool(spool.root.ensureFolder(folder)) }
    let memory = try onSpool(AlarmMemory(root: spool.root))
    memory.bound(age: settings.historyAge, bytes: settings.historySize)
    let reconciliation = FeedReconciliation(spool, memory)
    // Before the backlog is counted, so that what is made good is told with it.
    if try reconciliation.isDue() { _ = try compare(reconciliation, nil) }
    let dispatcher = try dispatcher(memory)
    self.reconciliation = reconciliation
    self.memory = memory
    try loop(dispatcher, signals)
    // The lock is held until then.
    defer { withExtendedLifetime(lock) {} }
    return try conclude(dispatcher)
  }

  /// Folders whose content is looked at again when it changes.
  var settingFolders: [SpoolFolder] { [.receivers, .silences, .replays] }

  private func dispatcher(_ memory: AlarmMemory) throws(Failure) -> AlarmDispatcher {
    let ports = AlarmPorts(
      source: FeedReader(root: spool.root), mailboxes: ReadStateProbe(root: spool.root), record: memory, runner: hooks,
      receivers: receivers,
      clock: clock, calendar: WallClock())
    return try AlarmDispatcher(
      ports, memory: try memory.recall(), surroundings: settings.surroundings,
      policy: RetryPolicy(random: { UInt32.random(in: 0...UInt32.max) }), limits: settings.limits,
      digests: settings.wantsDigests ? DigestPolicy(mayWait: mode == .foreground) : nil, escalation: settings.escalation,
      observe: observer(), isCreditLow: creditWatch)
  }

  private func loop(_ dispatcher: AlarmDispatcher, _ signals: borrowing SignalDescriptor) throws(Failure) {
    var mayHaveMore = false
    var housekeeping = Deadline.now
    while true {
      supervision.signOfLife()
      if try heed(signals, dispatcher) { break }
      try dispatcher.finish(try onSpool(hooks.advance()))
      if !isStopping {
        let change = try onSpool(watcher.changes())
        try notice(change, dispatcher)
        if !supervision.isReady { log.start(spool.root.path, dispatcher.catalogue, watcher.mode) }
        supervision.ready()
        log.watch(watcher.mode)
        if change.contains(.feed) || mayHaveMore || dispatcher.isExpectingSoon || change.contains(.outbox) && dispatcher.isHolding {
          mayHaveMore = try readFeed(dispatcher)
        }
        if isTimeUp { isStopping = true } else { try dispatcher.startHooks() }
      }
      if housekeeping.hasPassed {
        try saveCursor(dispatcher)
        writeStatus(dispatcher)
        supervision.show(dispatcher)
        housekeeping = .after(Daemon.housekeepingInterval)
      }
      log.summarise()
      if isFinished(dispatcher, mayHaveMore) { break }
      var descriptors = hooks.descriptors + [signals.descriptor]
      if let descriptor = watcher.descriptor { descriptors.append(descriptor) }
      _ = try onSpool(waitForAny(descriptors, for: patience(dispatcher, mayHaveMore, housekeeping)))
    }
    // What was published while it ended waits too: it is counted, as far as one turn reads.
    let mayWaitMore = try dispatcher.readFeed()
    try dispatcher.saveCursor()
    writeStatus(dispatcher)
    log.end(waiting: dispatcher.scheduler.waitingCount, orMore: mayWaitMore)
  }

  /// How long nothing needs to be done.
  private func patience(_ dispatcher: AlarmDispatcher, _ mayHaveMore: Bool, _ housekeeping: Deadline) -> Duration {
    var wait = hooks.deadline?.remaining ?? .days(1)
    if dispatcher.isCursorUnsaved || status.isStale(dispatcher, watcher.mode) { wait = min(wait, housekeeping.remaining) }
    if let patience = supervision.patience { wait = min(wait, patience) }
    if let deadline = log.deadline { wait = min(wait, deadline.remaining) }
    if isStopping { return max(.zero, wait) }
    if mayHaveMore { return .zero }
    wait = min(wait, watcher.deadline.remaining)
    if dispatcher.isExpectingSoon { wait = min(wait, Daemon.soon) }
    let now = clock.now()
    if let next = dispatcher.nextStart() {
      wait = min(wait, max(next.since(now), dispatcher.isOutOfRoom ? Daemon.roomInterval : .zero))
    }
    if case .once(let end?) = mode { wait = min(wait, end.remaining) }
    return max(.zero, wait)
  }

  private var isTimeUp: Bool {
    if case .once(let end?) = mode { end.hasPassed } else { false }
  }

  private func isFinished(_ dispatcher: AlarmDispatcher, _ mayHaveMore: Bool) -> Bool {
    guard hooks.isIdle else { return false }
    if isStopping { return true }
    guard mode != .foreground, !mayHaveMore, !dispatcher.isExpectingSoon else { return false }
    if dispatcher.isOutOfRoom { return true }
    // What the start rate holds back for a moment is due; what waits for a retry is not.
    return dispatcher.nextStart().map { $0 > clock.now().adding(.seconds(1)) } ?? true
  }
}
