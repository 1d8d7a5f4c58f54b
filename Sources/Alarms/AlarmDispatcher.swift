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
  static let patience: Int64 = 1_000_000
  /// Entries read in one turn, so that hooks are seen to in between.
  private static let entriesPerTurn = 512

  let source: any EventSource
  let record: any AlarmRecord
  let runner: any HookRunner
  let clock: any Clock
  let surroundings: HookCall.Surroundings
  package internal(set) var scheduler: Scheduler
  var memory: Recollection
  package private(set) var catalogue = HookCatalogue()
  /// Called for each alarm where there is no hook at all.
  let announce: (Alarm) -> Void
  /// Whether the send of that id took its sender's balance below the warning level. Answers the same whenever it is asked.
  let isCreditLow: (MessageID) -> Bool

  var lines: [HistoryLine] = []
  var held: Set<Int> = []
  var waitingSince: (sequence: Int, since: Timestamp)?
  private var recordedCursor: Int
  private var isMarked = false
  /// Alarms that died since the start.
  package internal(set) var deaths = 0

  /// `now` of the clock must not go backwards. At the very first start the daemon begins at the oldest entry.
  package init(
    source: any EventSource, record: any AlarmRecord, runner: any HookRunner, clock: any Clock, memory: Recollection,
    surroundings: HookCall.Surroundings, policy: RetryPolicy, limits: SchedulerLimits = SchedulerLimits(),
    announce: @escaping (Alarm) -> Void = { _ in }, isCreditLow: @escaping (MessageID) -> Bool = { _ in false }
  ) throws(Failure) {
    (self.source, self.record, self.runner, self.clock) = (source, record, runner, clock)
    (self.memory, self.surroundings) = (memory, surroundings)
    (self.announce, self.isCreditLow) = (announce, isCreditLow)
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
