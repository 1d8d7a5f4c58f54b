import Alarms
import CommandLineTool
import SharedKernel
import SpoolLayout
import SystemCalls

// What the daemon says to people and to scripts.
extension Daemon {
  /// What `--once` answers; a line for each new problem.
  func conclude(_ dispatcher: AlarmDispatcher) throws -> ExitStatus {
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
    let open = dispatcher.dueCount
    if isStopping, open > waiting {
      tool.diagnostics.note("stopped before everything was tried: \(open) alarm\(open == 1 ? " is" : "s are") left for the next run")
    }
    // What could not be read was said when it was met.
    let isUnfinished = open > 0 || dispatcher.trouble != nil || hasMissedComparison
    return dispatcher.deaths > 0 ? .nothing : isUnfinished ? ExitStatus(.temporary) : .done
  }

  /// Without a hook, a person in front of the terminal is told.
  func announcer() -> (Alarm) -> Void {
    guard mode == .foreground, tool.output.isTerminal else { return { _ in } }
    return { [tool] alarm in
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
}
