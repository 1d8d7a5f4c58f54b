internal import SharedKernel

/// What the daemon remembers over its own end.
package struct RecoveredState: Sendable {
  /// Nil at the very first start.
  package var cursor: Int?
  package var runs: [AlarmID: [HookName: EarlierRuns]] = [:]
  /// Alarms recorded without any hook.
  package var hookless: Set<AlarmID> = []
  /// Sequences recorded as void.
  package var voided: Set<Int> = []
  /// What receivers are told of events that the feed had missed.
  package var recovered: Set<AlarmID> = []
  package init() {}

  /// Takes the next line of the history, of those about what lies behind the cursor.
  package mutating func take(_ line: HistoryLine) {
    guard let alarm = line.alarm else {
      if line.state == .void || line.state == .gap { voided.insert(line.sequence) }
      return
    }
    guard let hook = line.hook else {
      hookless.insert(alarm)
      return
    }
    var runs = self.runs[alarm]?[hook] ?? EarlierRuns()
    runs.attempts = max(runs.attempts, line.attempt ?? 0)
    if line.attempt != nil { runs.first = runs.first ?? line.time }
    runs.notBefore = line.state == .retrying ? line.retryAt : nil
    runs.wasCutOff = line.isRedelivered
    runs.isFinal = line.isFinal
    runs.isDead = line.state == .dead
    if line.state == .held { runs.wasHeld = true }
    if line.state == .digested { runs.digest = line.digest }
    self.runs[alarm, default: [:]][hook] = runs
  }

  /// Takes the mark of a run that was begun.
  package mutating func take(started alarm: AlarmID, by hook: HookName, attempt: Int) {
    var runs = self.runs[alarm]?[hook] ?? EarlierRuns()
    // The outcome of this attempt is known, or a later one's.
    if runs.isFinal || runs.attempts >= attempt { return }
    runs.attempts = attempt
    runs.wasCutOff = true
    runs.notBefore = nil
    self.runs[alarm, default: [:]][hook] = runs
  }
}
