package import SharedKernel

// From an outcome to the history.
extension AlarmDispatcher {
  /// Takes the outcomes of hooks that have ended.
  package func finish(_ runs: [FinishedRun]) throws(Failure) {
    if !runs.isEmpty { revision += 1 }
    for run in runs { try settle(run.delivery, HookVerdict(run.end, lastLine: run.lastLine), end: run, nil) }
    try flush()
    if isMarked, scheduler.runningCount == 0 {
      try ports.record.clearStarted()
      isMarked = false
    }
  }

  package var isCursorUnsaved: Bool { scheduler.cursor != recordedCursor }

  /// Makes the cursor durable where it has moved.
  package func saveCursor() throws(Failure) {
    guard isCursorUnsaved else { return }
    try ports.record.moveCursor(to: scheduler.cursor)
    recordedCursor = scheduler.cursor
  }

  func settle(_ delivery: Delivery, _ verdict: HookVerdict, end run: FinishedRun?, _ reason: String?) throws(Failure) {
    let wasPaused = scheduler.health[delivery.hook]?.pausedUntil != nil
    let settlement = scheduler.finish(delivery, verdict, at: ports.clock.now(), standIns: standIns(for: delivery))
    let state: HistoryLine.State =
      switch settlement {
      case .delivered: .delivered
      case .skipped: .skipped
      case .dead: .dead
      case .retrying: .retrying
      }
    var line = HistoryLine(time: ports.calendar.now(), state: state, delivery: delivery)
    line.attempt = delivery.attempt
    line.isRedelivered = delivery.isRedelivered
    line.duration = run?.duration
    line.exit = run?.end.status
    if case .retrying(let time) = settlement {
      line.retryAt = time
      if delivery.attempt == 1 { firstFailures += 1 }
    }
    line.error = reason ?? (state == .retrying || state == .dead ? run?.summary : nil)
    if let error = line.error { scheduler.health[delivery.hook]?.lastError = error }
    if let until = scheduler.health[delivery.hook]?.pausedUntil {
      observe(.paused(delivery.hook, until: until, because: line.error ?? "it failed"))
    } else if wasPaused {
      observe(.resumed(delivery.hook))
    }
    if state == .dead { try bury(delivery, line) }
    lines.append(line)
    if delivery.isReplay, line.isFinal { endedReplays.append(delivery) }
  }

  /// The deliveries to fallback hooks should this one die: one for each of its alarms.
  private func standIns(for delivery: Delivery) -> [Delivery] {
    if catalogue.fallbacks.isEmpty || delivery.isReplay { return [] }
    let choices = ports.receivers.choices(of: delivery.alarm.receiver)
    let alarms = delivery.isDigest ? delivery.digested : [delivery.alarm]
    return catalogue.standIns(for: delivery.hook).filter(choices.wants).flatMap { hook in
      alarms.map { alarm in
        var standIn = Delivery(alarm: alarm, hook: hook)
        standIn.raised = ports.clock.now()
        // Several are told as the digest that they were.
        standIn.isHeld = delivery.isDigest
        return standIn
      }
    }
  }

  func bury(_ delivery: Delivery, because reason: String) throws(Failure) {
    var line = HistoryLine(time: ports.calendar.now(), state: .dead, delivery: delivery)
    line.attempt = delivery.attempt
    line.error = reason
    try bury(delivery, line)
    lines.append(line)
    if delivery.isReplay { endedReplays.append(delivery) }
  }

  private func bury(_ delivery: Delivery, _ line: HistoryLine) throws(Failure) {
    deaths += 1
    let call: HookCall?
    // A text that could not be read through all tries is not waited for any longer: the letter says which message it was.
    do throws(Failure) { call = try self.call(for: delivery) } catch { call = nil }
    try ports.record.bury(delivery, call: call, line: line)
  }

  /// Lines of what was read: a daemon that is killed before they are durable reads the same again. No hook waits for a sync.
  func noteLines() throws(Failure) {
    // What was asked for again and is dead goes by the outcome's rule.
    if !endedReplays.isEmpty { return try flush() }
    if lines.isEmpty { return }
    try ports.record.note(lines)
    lines.forEach { observe(.recorded($0)) }
    lines = []
  }

  func flush() throws(Failure) {
    if lines.isEmpty && !mustSync { return }
    try ports.record.append(lines)
    lines.forEach { observe(.recorded($0)) }
    (lines, mustSync) = ([], false)
    // Removed only now: its outcome is durable.
    for delivery in endedReplays { try ports.record.endReplay(of: delivery) }
    endedReplays = []
  }
}
