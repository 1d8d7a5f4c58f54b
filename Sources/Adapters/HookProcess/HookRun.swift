internal import Alarms
internal import SystemCalls

/// One hook that is running, and what is done about it as time passes:
///
///   running          its time is up        SIGTERM to its process group
///   asked to end     5 s later             SIGKILL to the group
///   ended            at any time           what it has printed so far is read; processes that it left behind are not waited for
final class HookRun {
  private enum Stage { case running, askedToEnd, killed }

  /// Between SIGTERM and SIGKILL.
  private static let grace = Duration.seconds(5)
  /// Lines of standard error that are kept for the history.
  private static let linesKept = 3
  /// How often a hook is looked after on a kernel that does not tell of its end.
  private static let lookInterval = Duration.milliseconds(100)

  private let delivery: Delivery
  /// Kept open as long as the hook may open its own file.
  private let program: HookProgram
  private let child: ChildProcess
  private var outputTail = OutputTail()
  private var errorTail = OutputTail()
  private let started = Deadline.now
  private var stage = Stage.running
  private var nextSignal: Deadline

  init(_ delivery: Delivery, _ call: HookCall, program: HookProgram, timeout: Duration) throws(SystemError) {
    (self.delivery, self.program) = (delivery, program)
    child = try ChildProcess(
      path: program.path, arguments: call.arguments, environment: call.environment + ["MSG_ALARM_CONF=\(program.settingsPath)"],
      input: call.inputLine)
    nextSignal = .after(timeout)
  }

  /// What to wait for.
  var descriptors: [Int32] { [child.endingDescriptor, child.descriptor(of: .output), child.descriptor(of: .errors)].compactMap { $0 } }

  /// Until when at most.
  var deadline: Deadline {
    let look = Deadline.after(HookRun.lookInterval)
    return child.endingDescriptor == nil ? min(look, nextSignal) : nextSignal
  }

  /// Reads the pipes as far as they go, and says how the hook ended once it has.
  func advance() throws(SystemError) -> FinishedRun? {
    // First the end, then the pipes: what was printed before the end is in them by then.
    let exit = try child.reap()
    try drain(.output, into: &outputTail)
    try drain(.errors, into: &errorTail)
    guard let exit else {
      signalWhenDue()
      return nil
    }
    // Its time was up: what it left of its group is ended with it.
    if stage != .running { child.signalGroup(.kill) }
    return FinishedRun(
      delivery: delivery, end: end(for: exit), lastLine: outputTail.lastLines(1), complaint: errorTail.lastLines(HookRun.linesKept),
      duration: started.elapsed)
  }

  /// Ends the whole group at once.
  func kill() { child.signalGroup(.kill) }

  private func end(for exit: ChildExit) -> HookEnd {
    if stage != .running { return .timedOut }
    return switch exit {
    case .exited(let status): .exited(status)
    case .signalled(let number): .signalled(number)
    }
  }

  private func signalWhenDue() {
    guard nextSignal.hasPassed else { return }
    switch stage {
    case .running:
      child.signalGroup(.terminate)
      stage = .askedToEnd
      nextSignal = .after(HookRun.grace)
    case .askedToEnd, .killed:
      child.signalGroup(.kill)
      stage = .killed
      nextSignal = .after(HookRun.grace)
    }
  }

  private func drain(_ stream: ChildProcess.Stream, into tail: inout OutputTail) throws(SystemError) {
    var budget = 64
    while budget > 0, child.descriptor(of: stream) != nil, let part = try child.read(stream) {
      if part.isEmpty { child.close(stream) } else { tail.add(part) }
      budget -= 1
    }
  }
}
