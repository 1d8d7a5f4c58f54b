import Alarms
import SharedKernel
import SystemCalls

/// What a service manager is told while the daemon runs; nothing where there is none.
final class Supervision {
  private let manager = ServiceManager()
  private(set) var isReady = false
  private var status = ""
  private var nextSign: Deadline

  init() { nextSign = .now }

  /// Everything is in place: the lock is held, the memory read, the hooks known.
  func ready() {
    if isReady { return }
    isReady = true
    manager?.tell("READY=1")
  }

  /// It is in place too, and waits for another daemon.
  func standingBy(for other: String) { manager?.tell("READY=1", "STATUS=standing by for \(other)") }

  func reloading() { manager?.tell("RELOADING=1", "MONOTONIC_USEC=\(Deadline.now.reading.microseconds)") }
  func reloaded() { manager?.tell("READY=1") }
  func stopping(_ running: Int) { manager?.tell("STOPPING=1", "STATUS=waiting for \(running) hook\(running == 1 ? "" : "s")") }

  /// A line for `systemctl status`, when it has changed.
  func show(_ dispatcher: AlarmDispatcher) {
    guard manager != nil else { return }
    let trouble = dispatcher.trouble?.description ?? (dispatcher.isOutOfRoom ? "no room for the history" : nil)
    let text = trouble ?? "event \(dispatcher.scheduler.cursor), \(dispatcher.scheduler.waitingCount) waiting, \(dispatcher.deaths) dead"
    if text == status { return }
    status = text
    manager?.tell("STATUS=\(text)")
  }

  /// The sign of life, when it is due: twice within the time that the manager allows.
  func signOfLife() {
    guard let interval = manager?.watchdog, nextSign.hasPassed else { return }
    manager?.tell("WATCHDOG=1")
    nextSign = .after(interval / 2)
  }

  /// The time until the next sign of life is due; nil without a watchdog.
  var patience: Duration? { manager?.watchdog.map { _ in max(.zero, nextSign.remaining) } }
}
