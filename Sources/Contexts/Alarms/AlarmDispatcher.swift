// From the feed to the hooks, and from their outcomes to the history. Invariant 6 hangs on this order:
//
//   step                                          a crash after it
//   read an entry, admit its deliveries           reads it again: the cursor is in front of it
//   lines of what needs no run; written           reads it again, or finds the lines
//   lines of what became part of a digest,        makes the same digest again, of the same alarms, under the same id
//     durable
//   mark the starts, durable; start the hooks     starts them again, marked as redelivered: the mark has no outcome
//   an outcome: bury a dead alarm, durable        runs it again (the same)
//   the outcome's history line, durable           knows the outcome, and does not run it again
//   move the cursor, all lines durable            never looks back
//
// Whatever can be batched is: one turn appends its lines with one sync.

package import SharedKernel

/// The working part of the daemon, without files, processes and clocks of its own.
package final class AlarmDispatcher {
  /// How long an announced event that has not happened holds back the events behind it.
  static let patience = Duration.seconds(1)
  /// Entries read in one turn; between turns hooks are served.
  static let entriesPerTurn = 512
  /// Lines of the history that are handed over at once.
  static let linesAtOnce = 4096

  let ports: AlarmPorts
  package var surroundings: HookCall.Surroundings
  package internal(set) var scheduler: Scheduler
  var memory: RecoveredState
  package private(set) var catalogue = HookCatalogue()
  /// The active silences, as they were read last.
  package var silences: [Silence] = [] { didSet { tellSilencesToScheduler() } }
  /// The default for receivers that choose nothing else.
  private(set) var escalation: Escalation?
  /// Called with each event for the log, once it is durable or noted.
  let observe: (AlarmNotice) -> Void
  /// Whether the send of that id took its sender's balance below the warning level. Answers the same whenever it is asked.
  let isCreditLow: (MessageID) -> Bool

  var lines: [HistoryLine] = []
  /// Whether lines that were only noted have to be durable before any hook starts.
  var mustSync = false
  var endedReplays: [Delivery] = []
  /// Sequences whose event has not happened yet, or cannot be read at the moment, and that were stepped over.
  var held: Set<Int> = []
  /// Why one of them cannot be read, as far as that was seen in this turn.
  var unreadable: Failure?
  var waitingSince: (sequence: Int, since: Timestamp)?
  /// The items of digests whose outcome is open, until each digest is made again.
  var rebuilding: [Delivery.Key: [Delivery]] = [:]
  /// Whether what happened before the start is still being read. No hook is started meanwhile: a lane's backlog is told at once.
  package internal(set) var isCatchingUp = true
  /// Grows whenever something changes that a report would show.
  package internal(set) var revision = 0
  /// Events were removed before they were read, since the last call.
  package var hasFoundGap = false
  /// Why the feed, or something of it, cannot be read at the moment.
  package internal(set) var trouble: Failure?
  let backlogEnd: Int
  var recordedCursor: Int
  var isMarked = false
  /// Alarms that died since the start.
  package internal(set) var deaths = 0
  /// Alarms that failed for the first time and wait for another try.
  package internal(set) var firstFailures = 0

  /// At the very first start the daemon begins at the oldest entry. `digests` is nil where everything is told singly.
  package init(
    _ ports: AlarmPorts, memory: RecoveredState, surroundings: HookCall.Surroundings, policy: RetryPolicy,
    limits: SchedulerLimits = SchedulerLimits(), digests: DigestPolicy? = nil, escalation: Escalation? = nil,
    observe: @escaping (AlarmNotice) -> Void = { _ in },
    isCreditLow: @escaping (MessageID) -> Bool = { _ in false }
  ) throws(Failure) {
    (self.ports, self.memory, self.surroundings) = (ports, memory, surroundings)
    (self.escalation, self.observe, self.isCreditLow) = (escalation, observe, isCreditLow)
    let begin: Int
    if let cursor = memory.cursor { begin = cursor } else { begin = try ports.source.first(from: 1).map { $0 - 1 } ?? 0 }
    recordedCursor = memory.cursor ?? -1
    backlogEnd = try ports.source.head() ?? 0
    scheduler = Scheduler(cursor: begin, policy: policy, limits: limits, digests: digests, backlogEnd: backlogEnd)
  }

  /// Says which hooks there are now. What waits for a hook that is gone is dead.
  package func setHooks(_ catalogue: HookCatalogue) throws(Failure) {
    self.catalogue = catalogue
    revision += 1
    for delivery in scheduler.setHooks(catalogue) { try bury(delivery, because: "the hook is gone") }
    try flush()
  }

  /// Takes over changed settings from here on.
  package func set(limits: SchedulerLimits, wantsDigests: Bool, escalation: Escalation?) {
    scheduler.limits = limits
    scheduler.wantsDigests = wantsDigests
    self.escalation = escalation
  }

  /// Whether nothing is started because the history has no room.
  package internal(set) var isOutOfRoom = false

  /// Says that the feed had missed these, what receivers are told of them; they come with what is read next.
  package func expectRecovered(_ alarms: some Sequence<AlarmID>) { memory.recovered.formUnion(alarms) }

  /// The alarms that are being dealt with.
  package func openAlarms() -> Set<AlarmID> { scheduler.openAlarms() }

  /// Examines everything that waits again: the choices of receivers, or the date, may have changed.
  package func reconsider() { scheduler.reconsider() }

  /// Silences end by the date, and the scheduler counts by its own clock.
  private func tellSilencesToScheduler() {
    let (now, date) = (ports.clock.now(), ports.calendar.now())
    var ends: [Int: Timestamp] = [:]
    for silence in silences {
      let end = now.adding(silence.end.since(date))
      ends[silence.id] = max(end, ends[silence.id] ?? end)
    }
    scheduler.silenceEnds = ends
  }

  /// Puts replays into their lanes, except those that are there already or whose hook is missing. Returns the missing hooks.
  package func replay(_ deliveries: [Delivery]) -> Set<HookName> {
    if deliveries.isEmpty { return [] }
    let runnable = Set(catalogue.runnable)
    let open = scheduler.openKeys(of: Set(deliveries.map { $0.lane }))
    for delivery in deliveries where runnable.contains(delivery.hook) && !open.contains(delivery.key) { scheduler.enqueue(delivery) }
    return Set(deliveries.map { $0.hook }).subtracting(runnable)
  }

  /// Whether an event was seen that has not happened yet, so that it is worth looking again soon.
  package var isExpectingSoon: Bool { waitingSince != nil }

  /// Whether events that have not happened yet, or cannot be read at the moment, were stepped over.
  package var isHolding: Bool { !held.isEmpty }

  /// When `startHooks` will next have something to do; nil when only an outcome or a new event can bring that about.
  package func nextStart() -> Timestamp? { isCatchingUp ? nil : scheduler.nextStart(after: ports.clock.now(), ports.receivers) }

  /// Deliveries that are not final and do not just wait for the end of somebody's quiet hours.
  package var dueCount: Int { scheduler.dueCount(at: ports.clock.now(), ports.receivers) }

  /// Deliveries that are due and were never tried, the parts of a digest counted as one.
  package var untriedCount: Int { scheduler.untriedCount(at: ports.clock.now(), ports.receivers) }

  /// Whether a hook has run as often for some receiver as it may within a minute.
  package var hasReachedCeiling: Bool { scheduler.hasReachedCeiling(at: ports.clock.now()) }

  /// Events in the feed that were not read yet.
  package func unreadCount() throws(Failure) -> Int { max(0, (try ports.source.head() ?? 0) - scheduler.admitted) }
}
