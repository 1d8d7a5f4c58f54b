// From the feed to the hooks, and from their outcomes to the history. Invariant 6 hangs on this order:
//
//   step                                          a crash after it
//   read an entry, admit its deliveries           reads it again: the cursor is in front of it
//   mark the starts, durable; start the hooks     starts them again, marked as redelivered: the mark has no outcome
//   an outcome: bury a dead alarm, durable        runs it again (the same)
//   the outcome's history line, durable           knows the outcome, and does not run it again
//   move the cursor                               never looks back
//
// Whatever can be batched is: one turn appends its lines with one sync.

package import SharedKernel

/// The working part of the daemon, without files, processes and clocks of its own.
package final class AlarmDispatcher {
  /// After so many microseconds an event that does not happen no longer keeps those behind it waiting.
  private static let patience: Int64 = 1_000_000
  /// Entries read in one turn, so that hooks are seen to in between.
  private static let entriesPerTurn = 512

  private let source: any EventSource
  private let record: any AlarmRecord
  private let runner: any HookRunner
  private let clock: any Clock
  private let surroundings: HookCall.Surroundings
  package private(set) var scheduler: Scheduler
  private var memory: Recollection
  package private(set) var catalogue = HookCatalogue()
  /// Called for each alarm where there is no hook at all.
  private let announce: (Alarm) -> Void

  private var lines: [HistoryLine] = []
  private var held: Set<Int> = []
  private var waitingSince: (sequence: Int, since: Timestamp)?
  private var recordedCursor: Int
  private var isMarked = false
  /// Alarms that died since the start.
  package private(set) var deaths = 0

  /// `now` of the clock must not go backwards. At the very first start the daemon begins at the oldest entry.
  package init(
    source: any EventSource, record: any AlarmRecord, runner: any HookRunner, clock: any Clock, memory: Recollection,
    surroundings: HookCall.Surroundings, policy: RetryPolicy, limits: SchedulerLimits = SchedulerLimits(),
    announce: @escaping (Alarm) -> Void = { _ in }
  ) throws(Failure) {
    (self.source, self.record, self.runner, self.clock) = (source, record, runner, clock)
    (self.memory, self.surroundings, self.announce) = (memory, surroundings, announce)
    let begin: Int
    if let cursor = memory.cursor { begin = cursor } else { begin = try source.first(from: 1).map { $0 - 1 } ?? 0 }
    recordedCursor = memory.cursor ?? -1
    scheduler = Scheduler(cursor: begin, policy: policy, limits: limits)
  }

  /// Says which hooks there are now. What waits for a hook that is gone is dead.
  package func setHooks(_ catalogue: HookCatalogue) throws(Failure) {
    self.catalogue = catalogue
    for delivery in scheduler.setHooks(catalogue) { try bury(delivery, because: "the hook is gone") }
    try flush()
  }

  /// Reads new entries. True when there may be more at once.
  package func readFeed() throws(Failure) -> Bool {
    try reviewHeld()
    var count = 0
    while count < AlarmDispatcher.entriesPerTurn {
      guard try readNext() else { break }
      count += 1
    }
    try flush()
    return count == AlarmDispatcher.entriesPerTurn
  }

  /// A feed whose head is behind the cursor was removed and made anew: begins at its front.
  package func noticeNewFeed() throws(Failure) {
    guard scheduler.openCount == 0, held.isEmpty, scheduler.admitted > 0 else { return }
    guard try source.head() ?? 0 < scheduler.admitted else { return }
    let front = try source.first(from: 1) ?? 1
    var line = HistoryLine(time: clock.now(), state: .gap, sequence: scheduler.admitted + 1)
    line.error = "the feed was made anew; it is read from \(front)"
    lines.append(line)
    try flush()
    memory.voided = []
    scheduler.restart(at: front - 1)
  }

  /// Whether an event was seen that has not happened yet, so that it is worth looking again soon.
  package var isExpectingSoon: Bool { waitingSince != nil }

  /// Starts what is due.
  package func startHooks() throws(Failure) {
    let due = scheduler.start(at: clock.now())
    if due.isEmpty { return }
    try record.markStarted(due)
    isMarked = true
    var failed: [FinishedRun] = []
    for delivery in due {
      guard let text = try source.text(delivery.sequence) else {
        try settle(delivery, .dead, at: clock.now(), end: nil, "the message is no longer in the feed")
        continue
      }
      let call = HookCall(delivery, text: text, surroundings: surroundings)
      if let run = runner.start(delivery, call) { failed.append(run) }
    }
    try finish(failed)
  }

  /// Takes the outcomes of hooks that have ended.
  package func finish(_ runs: [FinishedRun]) throws(Failure) {
    let now = clock.now()
    for run in runs { try settle(run.delivery, HookVerdict(run.end, lastLine: run.lastLine), at: now, end: run, nil) }
    try flush()
    if isMarked, scheduler.runningCount == 0 {
      try record.clearStarted()
      isMarked = false
    }
  }

  package var isCursorUnsaved: Bool { scheduler.cursor != recordedCursor }

  /// Makes the cursor durable where it has moved.
  package func saveCursor() throws(Failure) {
    guard isCursorUnsaved else { return }
    try record.moveCursor(to: scheduler.cursor)
    recordedCursor = scheduler.cursor
  }
}

// Reading.
extension AlarmDispatcher {
  /// Takes the next entry; false when there is none yet.
  private func readNext() throws(Failure) -> Bool {
    let next = scheduler.admitted + 1
    switch try source.entry(next) {
    case .missing: return try skipGap(from: next)
    case .pending: return wait(for: next)
    case .happened(let event): scheduler.admit(next, try deliveries(of: event))
    case .void(let event):
      note(voidLine(event))
      scheduler.admit(next, [])
    case .damaged(let reason):
      note(damageLine(next, reason))
      scheduler.admit(next, [])
    }
    waitingSince = nil
    return true
  }

  /// Sequences are dense, so where a later entry exists the missing ones were removed. The later one is looked for first and
  /// `next` once more then: what was being published meanwhile is no gap.
  private func skipGap(from next: Int) throws(Failure) -> Bool {
    guard let present = try source.first(from: next), present > next else { return false }
    if try source.entry(next) != .missing { return true }
    var line = HistoryLine(time: clock.now(), state: .gap, sequence: next)
    line.until = present - 1
    line.error = "these events were removed from the feed before they were read"
    note(line)
    scheduler.admit(present - 1, [])
    return true
  }

  /// An event that is about to happen keeps the order; one that does not is stepped over and looked at again later.
  private func wait(for sequence: Int) -> Bool {
    let now = clock.now()
    guard let waiting = waitingSince, waiting.sequence == sequence else {
      waitingSince = (sequence, now)
      return false
    }
    if now.microseconds - waiting.since.microseconds < AlarmDispatcher.patience { return false }
    scheduler.hold(sequence)
    held.insert(sequence)
    waitingSince = nil
    return true
  }

  private func reviewHeld() throws(Failure) {
    for sequence in held.sorted() {
      switch try source.entry(sequence) {
      case .pending: continue
      case .happened(let event): scheduler.release(sequence, try deliveries(of: event))
      case .void(let event):
        note(voidLine(event))
        scheduler.release(sequence, [])
      case .damaged(let reason):
        note(damageLine(sequence, reason))
        scheduler.release(sequence, [])
      case .missing:
        note(damageLine(sequence, "it was removed from the feed before it happened"))
        scheduler.release(sequence, [])
      }
      held.remove(sequence)
    }
  }

  private func voidLine(_ event: Event) -> HistoryLine {
    var line = HistoryLine(time: clock.now(), state: .void, event: event)
    line.error = "the message was never delivered"
    return line
  }

  private func damageLine(_ sequence: Int, _ reason: String) -> HistoryLine {
    var line = HistoryLine(time: clock.now(), state: .void, sequence: sequence)
    line.error = reason
    return line
  }

  /// Notes a line about a sequence, once over all restarts.
  private func note(_ line: HistoryLine) { if memory.voided.remove(line.sequence) == nil { lines.append(line) } }

  /// What is to be run for an event; what needs no run is noted.
  private func deliveries(of event: Event) throws(Failure) -> [Delivery] {
    var result: [Delivery] = []
    for alarm in event.alarms {
      var earlier = memory.runs.removeValue(forKey: alarm.id) ?? [:]
      if catalogue.isEmpty, earlier.isEmpty, memory.hookless.remove(alarm.id) == nil {
        announce(alarm)
        lines.append(HistoryLine(time: clock.now(), state: .delivered, alarm: alarm, hook: nil))
      }
      for hook in catalogue.runnable {
        let runs = earlier.removeValue(forKey: hook)
        if runs?.isFinal != true { result.append(Delivery(alarm: alarm, hook: hook, earlier: runs)) }
      }
      for refusal in catalogue.refused {
        guard let hook = HookName(refusal.name), earlier.removeValue(forKey: hook)?.isFinal != true else { continue }
        var line = HistoryLine(time: clock.now(), state: .skipped, alarm: alarm, hook: hook)
        line.error = "refused: \(refusal.reason)"
        lines.append(line)
      }
      // What is left was begun with a hook that has gone meanwhile.
      for (hook, runs) in earlier where !runs.isFinal {
        try bury(Delivery(alarm: alarm, hook: hook, earlier: runs), because: "the hook is gone")
      }
    }
    return result
  }
}

// Outcomes.
extension AlarmDispatcher {
  private func settle(_ delivery: Delivery, _ verdict: HookVerdict, at now: Timestamp, end run: FinishedRun?, _ reason: String?)
    throws(Failure)
  {
    let settlement = scheduler.finish(delivery, verdict, at: now)
    let state: HistoryLine.State =
      switch settlement {
      case .delivered: .delivered
      case .skipped: .skipped
      case .dead: .dead
      case .retrying: .retrying
      }
    var line = HistoryLine(time: now, state: state, alarm: delivery.alarm, hook: delivery.hook)
    line.attempt = delivery.attempt
    line.isRedelivered = delivery.isRedelivered
    line.milliseconds = run?.milliseconds
    line.exit = run?.end.status
    if case .retrying(let time) = settlement { line.retryAt = time }
    line.error = reason ?? (state == .retrying || state == .dead ? run?.summary : nil)
    if state == .dead { try bury(delivery, line) }
    lines.append(line)
  }

  private func bury(_ delivery: Delivery, because reason: String) throws(Failure) {
    var line = HistoryLine(time: clock.now(), state: .dead, alarm: delivery.alarm, hook: delivery.hook)
    line.attempt = delivery.attempt
    line.error = reason
    try bury(delivery, line)
    lines.append(line)
  }

  private func bury(_ delivery: Delivery, _ line: HistoryLine) throws(Failure) {
    deaths += 1
    let text = try source.text(delivery.sequence)
    try record.bury(delivery, call: text.map { HookCall(delivery, text: $0, surroundings: surroundings) }, line: line)
  }

  private func flush() throws(Failure) {
    if lines.isEmpty { return }
    try record.append(lines)
    lines = []
  }
}
