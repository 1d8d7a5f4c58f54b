import AlarmStore
import Alarms
import CommandLineTool
import DurableFiles
import FeedStore
import HookProcess
import SharedKernel
import SpoolDirectory
import SpoolWatcher
import SystemCalls

/// The daemon: its parts put together, and the one loop that drives them.
final class Daemon {
  enum Mode: Equatable {
    case foreground
    /// Until nothing is left to do, or until then.
    case once(Deadline?)
  }

  /// Microseconds after which an event that is about to happen is looked at again.
  private static let soon: Int64 = 20_000
  /// Microseconds between two looks for strays in `tmp/`.
  private static let strayInterval: Int64 = 3_600_000_000
  /// Microseconds between two writes of cursor and status.
  private static let housekeepingInterval: Int64 = 1_000_000

  let tool: Tool
  let spool: Spool
  private let settings: AlarmSettings
  private let recoverLeftovers: (Spool) -> [Failure]
  private let isCreditLow: (MessageID) throws(Failure) -> Bool
  let mode: Mode
  private let clock = SteadyClock()
  private var isStopping = false
  /// Whether the start is over, at which everything that is wrong is an error.
  private var isServing = false
  private var strays = Deadline.now
  private var reported: Set<String> = []

  init(
    _ tool: Tool, spool: Spool, recoverLeftovers: @escaping (Spool) -> [Failure],
    isCreditLow: @escaping (MessageID) throws(Failure) -> Bool
  ) throws {
    (self.tool, self.spool) = (tool, spool)
    (self.recoverLeftovers, self.isCreditLow) = (recoverLeftovers, isCreditLow)
    settings = try AlarmSettings(spool)
    let seconds = try tool.arguments.integer(AlarmOptions.maxTime, in: 0...86400)
    if tool.arguments.has(AlarmOptions.once) {
      mode = .once(seconds.map { .after(microseconds: Int64($0) * 1_000_000) })
    } else if seconds != nil {
      throw Failure(.usage, "--max-time goes with --once", remedy: "add --once")
    } else {
      mode = .foreground
    }
  }

  func run() throws -> ExitStatus {
    let alarms = try spool.root.ensureDirectory("alarms", mode: spool.directoryMode)
    let lock: InstanceLock
    switch try InstanceLock.take(alarms: alarms, fileMode: spool.fileMode) {
    case .held(let held): lock = held
    case .taken(let other):
      if mode != .foreground { return .done }
      throw Failure(
        .temporary, "\(spool.root.path): another msg-alarmd serves this spool\(other.map { " (process \($0))" } ?? "")",
        remedy: "stop that one first, or leave it the work")
    }
    _ = try settings.catalogue()
    isServing = true
    ignoreBrokenPipes()
    let signals = try SignalDescriptor()
    // The group may look into it and run what is there; only its owner puts hooks there.
    _ = try spool.root.ensureDirectory("alarms/hooks", mode: spool.directoryMode & 0o750)
    let memory = try AlarmMemory(root: spool.root, fileMode: spool.fileMode, directoryMode: spool.directoryMode)
    let hooks = HookProcesses(folder: settings.hooks, timeout: settings.hookTimeout)
    let dispatcher = try AlarmDispatcher(
      source: FeedReader(root: spool.root), record: memory, runner: hooks, clock: clock, memory: try memory.recall(),
      surroundings: settings.surroundings, policy: RetryPolicy(random: { UInt32.random(in: 0...UInt32.max) }), limits: settings.limits,
      announce: announcer(), isCreditLow: creditWatch)
    let status = StatusReport(StatusFile(root: spool.root, fileMode: spool.fileMode, directoryMode: spool.directoryMode))
    try loop(dispatcher, hooks, signals, SpoolWatcher(spool: spool.root), status)
    return try withExtendedLifetime(lock) { try conclude(dispatcher) }
  }

  private func loop(
    _ dispatcher: AlarmDispatcher, _ hooks: HookProcesses, _ signals: borrowing SignalDescriptor, _ watcher: SpoolWatcher,
    _ status: StatusReport
  ) throws {
    let points = FeedWatchPoints(root: spool.root, directoryMode: spool.directoryMode)
    var mayHaveMore = false
    var housekeeping = Deadline.now
    while true {
      if try stopRequested(signals, hooks) { break }
      try dispatcher.finish(try hooks.advance())
      if !isStopping {
        let change = try watcher.changes()
        if change.contains(.hooks) {
          watcher.watch(feed: try points.paths(), hooks: settings.hooks.path)
          try scanHooks(dispatcher)
        }
        // Only the probe asks for everything at once.
        if change == .everything { try probe(dispatcher) }
        if change.contains(.feed) || mayHaveMore || dispatcher.isExpectingSoon {
          watcher.watch(feed: try points.paths(), hooks: settings.hooks.path)
          mayHaveMore = try dispatcher.readFeed()
        }
        if isTimeUp { isStopping = true } else { try dispatcher.startHooks() }
      }
      if housekeeping.remainingMicroseconds <= 0 {
        try dispatcher.saveCursor()
        try status.write(dispatcher, watcher.mode)
        housekeeping = .after(microseconds: Daemon.housekeepingInterval)
      }
      if isFinished(dispatcher, hooks, mayHaveMore) { break }
      var interests = hooks.interests + [PollInterest(signals.descriptor, .readable)]
      if let descriptor = watcher.descriptor { interests.append(PollInterest(descriptor, .readable)) }
      _ = try waitForAny(interests, microseconds: patience(dispatcher, hooks, watcher, mayHaveMore, housekeeping, status))
    }
    try dispatcher.saveCursor()
    try status.write(dispatcher, watcher.mode)
  }

  /// How long nothing needs to be done, in microseconds.
  private func patience(
    _ dispatcher: AlarmDispatcher, _ hooks: HookProcesses, _ watcher: SpoolWatcher, _ mayHaveMore: Bool, _ housekeeping: Deadline,
    _ status: StatusReport
  ) -> Int64 {
    var wait = hooks.deadline?.remainingMicroseconds ?? .max
    if dispatcher.isCursorUnsaved || status.isStale(dispatcher, watcher.mode) { wait = min(wait, housekeeping.remainingMicroseconds) }
    if isStopping { return max(0, wait) }
    if mayHaveMore { return 0 }
    wait = min(wait, watcher.deadline.remainingMicroseconds)
    if dispatcher.isExpectingSoon { wait = min(wait, Daemon.soon) }
    let now = clock.now()
    if let next = dispatcher.scheduler.nextStart(after: now) { wait = min(wait, next.microseconds - now.microseconds) }
    if case .once(let end?) = mode { wait = min(wait, end.remainingMicroseconds) }
    return max(0, wait)
  }
}

extension Daemon {
  /// Every few seconds, and at the start.
  private func probe(_ dispatcher: AlarmDispatcher) throws {
    for failure in recoverLeftovers(spool) { reportOnce(failure) }
    if strays.remainingMicroseconds <= 0 {
      try spool.removeStrays(now: clock.now())
      strays = .after(microseconds: Daemon.strayInterval)
    }
    try dispatcher.noticeNewFeed()
  }

  /// A book that cannot be read warns nobody, and keeps no other alarm waiting.
  private func creditWatch(_ message: MessageID) -> Bool {
    do throws(Failure) { return try isCreditLow(message) } catch {
      reportOnce(error)
      return false
    }
  }

  private func scanHooks(_ dispatcher: AlarmDispatcher) throws {
    let catalogue = try hooksNow()
    if catalogue == dispatcher.catalogue { return }
    for refusal in catalogue.refused {
      reportOnce(Failure(.configuration, "\(settings.hooks.path)/\(refusal.name): not run", remedy: refusal.reason))
    }
    try dispatcher.setHooks(catalogue)
  }

  /// A folder of hooks that goes away while the daemon runs is told, and holds none.
  private func hooksNow() throws -> HookCatalogue {
    do { return try settings.catalogue() } catch let failure as Failure where isServing {
      reportOnce(failure)
      return HookCatalogue()
    }
  }

  /// What stays wrong is said once.
  private func reportOnce(_ failure: Failure) {
    if reported.insert(failure.description).inserted { tool.diagnostics.report(failure) }
  }

  private var isTimeUp: Bool {
    if case .once(let end?) = mode { end.remainingMicroseconds <= 0 } else { false }
  }

  /// The first signal asks to end after the hooks that run; the second ends them, and they are run again, marked.
  private func stopRequested(_ signals: borrowing SignalDescriptor, _ hooks: HookProcesses) throws -> Bool {
    while try signals.next() != nil {
      if isStopping {
        hooks.killAll()
        return true
      }
      isStopping = true
    }
    return false
  }

  private func isFinished(_ dispatcher: AlarmDispatcher, _ hooks: HookProcesses, _ mayHaveMore: Bool) -> Bool {
    guard hooks.isIdle else { return false }
    if isStopping { return true }
    guard mode != .foreground, !mayHaveMore, !dispatcher.isExpectingSoon else { return false }
    // What the start rate holds back for a moment is due; what waits for a retry is not.
    let now = clock.now()
    return dispatcher.scheduler.nextStart(after: now).map { $0 > now.adding(seconds: 1) } ?? true
  }
}
