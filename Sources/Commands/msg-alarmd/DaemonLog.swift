// What msg-alarmd says on standard error while it runs. A service that floods its journal is not read, so:
//
//   a problem             each text once an hour, and of each kind of failure no more than `burst` texts a minute
//   an event              start and end, the mode of watching, a hook that pauses or works again, a death: one line a minute of each kind
//   an alarm              with --verbose, each line of the history
//
// What was held back is counted, and said with its last line when the minute is over, or at the end. `--once` is for cron: it says
// problems, each once, and with --verbose the alarms.

import Alarms
import CommandLineTool
import FileWatching
import SharedKernel
import SystemCalls

final class DaemonLog {
  /// Problems of one kind that are said within a minute.
  private static let burst = 5
  /// Problems that are remembered; beyond that those that are still there are said again.
  private static let bound = 1000

  /// Lines of one kind within one minute.
  private struct Minute {
    let end = Deadline.after(.minutes(1))
    var said = 0
    var heldBack = 0
    var last: () -> Void = {}
  }

  private let diagnostics: Diagnostics
  private let isService: Bool
  /// By the kind of the line.
  private var minutes: [String: Minute] = [:]
  /// Problems that were said, and when each may be said again.
  private var problems: [String: Deadline] = [:]
  private var mode: SpoolWatcher.Mode?
  private var paused: [HookName: Deadline] = [:]

  init(_ diagnostics: Diagnostics, isService: Bool) { (self.diagnostics, self.isService) = (diagnostics, isService) }

  /// Something is wrong, and is met again and again until a person repairs it.
  func problem(_ failure: Failure) {
    let text = failure.description
    if let again = problems[text], !again.hasPassed { return }
    if problems.count >= DaemonLog.bound { forgetProblems() }
    let diagnostics = diagnostics
    let isSaid = limited("problem \(failure.kind.rawValue)", DaemonLog.burst, "problems") { diagnostics.report(failure.adding($0)) }
    // One that was held back is said the next time.
    if isSaid { problems[text] = isService ? .after(.hours(1)) : .after(.days(36_500)) }
  }

  /// What is still wrong is said again.
  func forgetProblems() { problems = [:] }

  /// Something that is as it should be.
  func event(_ kind: String, _ text: String) {
    guard isService else { return }
    let diagnostics = diagnostics
    limited(kind, 1, "lines") { diagnostics.note(text + $0) }
  }

  /// Says a line, or holds it back: false then. `say` is given what to add: how many `things` were held back before it.
  @discardableResult
  private func limited(_ kind: String, _ most: Int, _ things: String, _ say: @escaping (String) -> Void) -> Bool {
    var minute = minutes[kind] ?? Minute()
    if minute.end.hasPassed {
      conclude(minute)
      minute = Minute()
    }
    defer { minutes[kind] = minute }
    if !isService || minute.said < most {
      minute.said += 1
      say("")
      return true
    }
    minute.heldBack += 1
    let count = minute.heldBack
    minute.last = { say(count > 1 ? " (and \(count - 1) more \(things) within a minute)" : "") }
    return false
  }

  private func conclude(_ minute: Minute) { if minute.heldBack > 0 { minute.last() } }

  /// Says what was held back longer than a minute.
  func summarise() {
    for (kind, minute) in minutes where minute.end.hasPassed {
      conclude(minute)
      minutes[kind] = nil
    }
  }

  /// When there is something to summarise; nil for never.
  var deadline: Deadline? { minutes.values.filter { $0.heldBack > 0 }.map { $0.end }.min() }
}

// MARK: events

extension DaemonLog {
  func start(_ spool: String, _ catalogue: HookCatalogue, _ mode: SpoolWatcher.Mode) {
    self.mode = mode
    event("start", "serving \(spool) (process \(CurrentProcess.id)); \(hooks(catalogue)); \(description(mode))")
  }

  func end(waiting: Int, orMore: Bool) {
    for minute in minutes.values { conclude(minute) }
    minutes = [:]
    let count = waiting == 1 && !orMore ? "1 alarm waits" : "\(waiting)\(orMore ? " or more" : "") alarms wait"
    event("ended", "ended" + (waiting > 0 || orMore ? ": \(count) for the next start" : ""))
  }

  func watch(_ mode: SpoolWatcher.Mode) {
    if mode == self.mode { return }
    self.mode = mode
    event("watch", description(mode))
  }

  func hooks(_ catalogue: HookCatalogue) -> String {
    catalogue.runnable.isEmpty
      ? "no hook to run: alarms go to the history only" : "hooks: \(catalogue.runnable.map { $0.text }.joined(separator: ", "))"
  }

  private func description(_ mode: SpoolWatcher.Mode) -> String {
    switch mode {
    case .inotify: "changes are noticed at once (inotify)"
    case .polling(let reason): "changes are looked for every 2 s (\(reason))"
    }
  }

  func take(_ notice: AlarmNotice) {
    switch notice {
    case .recorded(let line):
      diagnostics.detail(historyRow(line))
      if line.state == .dead { death(line) }
      if line.state == .gap || line.state == .void && line.message == nil { lost(line) }
    case .paused(let hook, _, let reason): pause(hook, reason)
    case .resumed(let hook):
      paused[hook] = nil
      event("resumed \(hook)", "hook \(hook): works again")
    case .withoutHook: break
    }
  }

  /// A death, but for `--once`, which counts them at its end.
  private func death(_ line: HistoryLine) {
    guard isService else { return }
    let (receiver, hook) = (line.receiver.map { " for \($0)" } ?? "", line.hook.map { "hook \($0): " } ?? "")
    let failure = Failure(
      .badData, "\(hook)an alarm\(receiver) was given up: \(line.error ?? "it failed")",
      remedy: "see 'msg-alarmd history --state dead'; 'msg-alarmd replay --dead' repeats it")
    let diagnostics = diagnostics
    limited("death \(line.hook?.text ?? "")", 1, "deaths") { diagnostics.report(failure.adding($0)) }
  }

  /// Events that cannot be told.
  private func lost(_ line: HistoryLine) {
    let what =
      line.until.map { $0 == line.sequence ? "event \(line.sequence)" : "events \(line.sequence) to \($0)" } ?? "event \(line.sequence)"
    let remedy =
      line.state == .gap
      ? "messages whose alarm is missing are told nevertheless; what waited to be escalated is not"
      : "the mailboxes have what was delivered"
    problem(Failure(.badData, "the feed: \(what): \(line.error ?? "lost")", remedy: remedy))
  }

  /// A pause that goes on is said once an hour.
  private func pause(_ hook: HookName, _ reason: String) {
    guard isService, (paused[hook] ?? .now).hasPassed else { return }
    paused[hook] = .after(.hours(1))
    let failure = Failure(.temporary, "hook \(hook): paused after failures (\(reason))", remedy: "see 'msg-alarmd status'")
    let diagnostics = diagnostics
    limited("pause \(hook)", 1, "pauses") { diagnostics.report(failure.adding($0)) }
  }
}

extension Failure {
  /// The same with words behind its message.
  fileprivate func adding(_ words: String) -> Failure { Failure(kind, message + words, remedy: remedy) }
}
