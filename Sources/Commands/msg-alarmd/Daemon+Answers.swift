import Alarms
import CommandLineTool
import SharedKernel
import SpoolLayout
import SystemCalls

// What the daemon says to people and to scripts.
extension Daemon {
  /// What `--once` answers; a line for each new problem.
  func conclude(_ dispatcher: AlarmDispatcher) throws(Failure) -> ExitStatus {
    guard mode != .foreground else { return .done }
    if dispatcher.deaths > 0 {
      tool.diagnostics.report(
        Failure(
          .badData, "\(dispatcher.deaths) alarm\(dispatcher.deaths == 1 ? " is" : "s are") dead",
          remedy: "see \(spool.root.path)/\(SpoolFolder.deadLetters) and 'msg-alarmd history --state dead'"))
    }
    // Not at each run of a cron job: what goes on waiting is known.
    let waiting = dispatcher.firstFailures
    if waiting > 0 { tool.diagnostics.note("\(waiting) alarm\(waiting == 1 ? " waits" : "s wait") for another try: run it again later") }
    let unread = try unreadCount(dispatcher)
    if isStopping {
      sayWhatIsUntried(dispatcher.untriedCount, unread: unread)
    } else if dispatcher.untriedCount > 0, !dispatcher.isOutOfRoom, dispatcher.hasReachedCeiling {
      let count = dispatcher.untriedCount
      tool.diagnostics.note(
        "\(count) alarm\(count == 1 ? " waits" : "s wait"): a receiver is told no more often than receiver-rate says: run it again later")
    }
    // What could not be read was said when it was met.
    let isUnfinished = dispatcher.dueCount > 0 || unread > 0 || dispatcher.trouble != nil || hasMissedComparison
    return dispatcher.deaths > 0 ? .nothing : isUnfinished ? ExitStatus(.temporary) : .done
  }

  /// Events that the time was not enough to read. A feed that cannot be read was told.
  private func unreadCount(_ dispatcher: AlarmDispatcher) throws(Failure) -> Int {
    do throws(Failure) { return isStopping ? try dispatcher.unreadCount() : 0 } catch { return 0 }
  }

  private func sayWhatIsUntried(_ alarms: Int, unread events: Int) {
    let parts = [(alarms, "alarm"), (events, "event")].filter { $0.0 > 0 }.map { "\($0) \($1)\($0 == 1 ? "" : "s")" }
    if parts.isEmpty { return }
    let verb = alarms + events == 1 ? "was" : "were"
    tool.diagnostics.note("stopped before everything was tried: \(parts.joined(separator: " and ")) \(verb) not tried yet: run it again")
  }

  /// What the log is told of; without a hook, a person in front of the terminal is told of each alarm.
  func observer() -> (AlarmNotice) -> Void {
    let isWatched = mode == .foreground && tool.output.isTerminal
    return { [tool, log] notice in
      guard case .withoutHook(let alarm) = notice else { return log.take(notice) }
      if isWatched { Daemon.announce(alarm, tool) }
    }
  }

  private static func announce(_ alarm: Alarm, _ tool: Tool) {
    let civil = LocalTime.system.civil(alarm.event.at)
    let time = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2))"
    let text =
      switch alarm.kind {
      case .sent: "\(time) sent from \(alarm.event.sender) to \(alarm.event.receiver)"
      case .failed: "\(time) not delivered from \(alarm.event.sender) to \(alarm.event.receiver)"
      case .credit: "\(time) low credit of \(alarm.receiver)"
      case .arrived, .digest, .test: "\(time) arrived for \(alarm.receiver) from \(alarm.event.sender)"
      }
    let subject = alarm.event.subject.isEmpty ? "" : ": \(alarm.event.subject)"
    // A terminal that is gone is no reason to end: the history has it all.
    do throws(Failure) {
      try tool.output.writeLine(TerminalText.visible(text + subject))
      try tool.output.flush()
    } catch { tool.diagnostics.detail(error.description) }
  }
}
