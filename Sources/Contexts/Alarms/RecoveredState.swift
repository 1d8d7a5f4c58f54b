internal import SharedKernel

/// What the daemon remembers over its own end.
package struct RecoveredState: Sendable {
  /// Nil at the very first start.
  package var cursor: Int?
  package var runs: [AlarmID: [HookName: EarlierRuns]] = [:]
  /// How many alarms became part of each digest, by the digest.
  private(set) var digestSizes: [Delivery.Key: Int] = [:]
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
    if line.state == .digested { note(line.digest, of: hook, in: &runs) }
    self.runs[alarm, default: [:]][hook] = runs
  }

  /// An alarm belongs to the digest that its last line names, but an earlier digest was of all that were ever put into it.
  private mutating func note(_ digest: AlarmID?, of hook: HookName, in runs: inout EarlierRuns) {
    if let digest, digest != runs.digest { digestSizes[Delivery.Key(alarm: digest, hook: hook), default: 0] += 1 }
    runs.digest = digest
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
