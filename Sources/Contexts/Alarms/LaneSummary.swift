package import SharedKernel

/// What waits at one hook.
package struct LaneSummary: Hashable, Sendable {
  /// Alarms that are not final; those of a digest count one each.
  package var waiting = 0
  /// Those of them that wait for the end of quiet hours, or of a silence.
  package var held = 0
  /// Messages that are told should they stay unread; they are not among the waiting ones.
  package var unread = 0
  /// Those that have failed and are tried again.
  package var retrying = 0
  /// When the next of these is tried; nil for none.
  package var nextTry: Timestamp?
  package init() {}
}

extension AlarmDispatcher {
  /// What waits, by hook.
  package func summaries() -> [HookName: LaneSummary] {
    var result: [HookName: LaneSummary] = [:]
    let now = ports.clock.now()
    for (lane, queue) in scheduler.lanes {
      var summary = result[lane.hook] ?? LaneSummary()
      if lane.postponement == .escalation {
        summary.unread += queue.alarms
        result[lane.hook] = summary
        continue
      }
      summary.waiting += queue.alarms
      if lane.postponement != nil || ports.receivers.quietUntil(lane.receiver, at: now) != nil { summary.held += queue.alarms }
      if let front = queue.first, front.attempt > 1, let next = front.notBefore {
        summary.retrying += 1
        summary.nextTry = min(summary.nextTry ?? next, next)
      }
      result[lane.hook] = summary
    }
    return result
  }

  /// When the oldest message was sent whose alarm is due, or when it became due to be escalated: neither held nor dealt with; nil for none.
  package func oldestDue() -> Timestamp? {
    let now = ports.clock.now()
    let due = scheduler.lanes.filter { $0.key.postponement == nil && ports.receivers.quietUntil($0.key.receiver, at: now) == nil }
    return due.values.compactMap { queue in
      guard let first = queue.first, first.alarm.unreadBy != nil, let raised = first.raised else { return queue.first?.alarm.event.at }
      return ports.calendar.now().subtracting(now.since(raised))
    }.min()
  }
}
