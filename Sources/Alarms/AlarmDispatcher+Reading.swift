internal import SharedKernel

// From the feed to the lanes.
extension AlarmDispatcher {
  /// Takes the next entry; false when there is none yet.
  func readNext() throws(Failure) -> Bool {
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

  func reviewHeld() throws(Failure) {
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
    for alarm in event.alarms(isCreditLow: event.copy == 1 && isCreditLow(event.message)) {
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
