package import SharedKernel

/// How a hook has been doing since the daemon started.
package struct HookHealth: Hashable, Sendable {
  package var succeeded = 0
  package var retried = 0
  package var died = 0
  /// Failures without a success between them.
  package var failuresInARow = 0
  /// Not to be run before this; nil when it is not paused.
  package var pausedUntil: Timestamp?
  /// What the last failure was; nil for none since the start.
  package var lastError: String?
  /// It is there but must not be run now: its alarms wait.
  package var isHeld = false
  package init() {}

  func mayRun(at now: Timestamp) -> Bool { !isHeld && pausedUntil.map { $0 <= now } ?? true }

  mutating func succeed() {
    succeeded += 1
    failuresInARow = 0
    pausedUntil = nil
  }

  mutating func fail(at now: Timestamp, policy: RetryPolicy) {
    failuresInARow += 1
    if failuresInARow >= policy.failuresBeforePause { pausedUntil = now.adding(policy.pause) }
  }
}
