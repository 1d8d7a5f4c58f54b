internal import SharedKernel

// From an outcome to the history.
extension AlarmDispatcher {
  func settle(_ delivery: Delivery, _ verdict: HookVerdict, at now: Timestamp, end run: FinishedRun?, _ reason: String?)
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

  func bury(_ delivery: Delivery, because reason: String) throws(Failure) {
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

  func flush() throws(Failure) {
    if lines.isEmpty { return }
    try record.append(lines)
    lines = []
  }
}
