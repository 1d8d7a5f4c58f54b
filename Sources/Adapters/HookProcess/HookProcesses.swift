package import Alarms
package import SystemCalls

/// Runs hooks as child processes, several at once, in the caller's poll loop: no thread, no waiting.
package final class HookProcesses: HookRunner {
  private var folder: HookFolder
  private var timeout: Duration
  private var runs: [HookRun] = []

  /// `timeout` is how long a hook may run.
  package init(folder: HookFolder, timeout: Duration) { (self.folder, self.timeout) = (folder, timeout) }

  /// What holds for hooks that are started from now on.
  package func use(folder: HookFolder, timeout: Duration) { (self.folder, self.timeout) = (folder, timeout) }

  package var isIdle: Bool { runs.isEmpty }

  package func start(_ delivery: Delivery, _ call: HookCall) -> FinishedRun? {
    let complaint: String
    do throws(SystemError) {
      switch try folder.examine(delivery.hook) {
      case .fit(let program):
        if let obstacle = try program.obstacle() {
          complaint = obstacle
        } else if try program.isReachable() {
          runs.append(try HookRun(delivery, call, program: program, timeout: timeout))
          return nil
        } else {
          complaint = "it cannot be reached by \(program.path): is /proc mounted?"
        }
      case .unfit(let reason): complaint = reason
      }
    } catch { complaint = "\(error.code)" }
    return FinishedRun(delivery: delivery, end: .notStarted(complaint), lastLine: "", complaint: "", duration: .zero)
  }

  /// What the loop has to wait for.
  package var descriptors: [Int32] { runs.flatMap { $0.descriptors } }

  /// When the loop has to come back at the latest; nil when nothing runs.
  package var deadline: Deadline? { runs.map { $0.deadline }.min() }

  /// Sees to every hook that runs and returns those that have ended.
  package func advance() throws(SystemError) -> [FinishedRun] {
    var finished: [FinishedRun] = []
    var still: [HookRun] = []
    for run in runs {
      if let end = try run.advance() { finished.append(end) } else { still.append(run) }
    }
    runs = still
    return finished
  }

  /// Ends everything that runs, at once. Their outcomes are unknown, as after a crash.
  package func killAll() { runs.forEach { $0.kill() } }
}
