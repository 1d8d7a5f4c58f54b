package import SharedKernel
internal import SystemCalls

/// Standard error: one line a fact, each headed by the tool's name. Foreign text is made visible, never interpreted.
package final class Diagnostics {
  package enum Level: Int, Comparable, Sendable {
    case quiet, normal, verbose
    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  private let tool: String
  package internal(set) var level = Level.normal
  /// Whether the last line on the terminal tells of progress.
  private var isInProgress = false
  private let descriptor = FileDescriptor(owning: 2, path: "standard error")

  init(tool: String) { self.tool = tool }

  /// Priorities of syslog(3), by which a journal tells lines apart.
  private enum SyslogPriority: Int { case error = 3, notice = 5, information = 6 }

  /// Whether lines go straight to the journal: JOURNAL_STREAM names the device and inode of standard error (systemd.exec(5)).
  private lazy var isJournal: Bool = {
    guard let stream = CurrentProcess.environment("JOURNAL_STREAM"), let identity = try? descriptor.status().identity else { return false }
    return stream == "\(identity.device):\(identity.inode)"
  }()

  /// What went wrong; shown at every level.
  package func report(_ failure: Failure) { write(failure.description, .error) }

  /// What a person may want to know although it worked; `--quiet` drops it.
  package func note(_ text: String) { if level >= .normal { write(text, .notice) } }

  /// What only `--verbose` shows.
  package func detail(_ text: String) { if level >= .verbose { write(text, .information) } }

  /// How far a long command has come: a line that the next one replaces, on a terminal that shows nothing else.
  package func progress(_ text: String) {
    guard level >= .normal, Terminal.isTerminal(2), !Terminal.isTerminal(1) else { return }
    _ = try? descriptor.write(all: Array("\r\u{1b}[K\(tool): \(TerminalText.visible(text))".utf8))
    isInProgress = true
  }

  private func write(_ text: String, _ priority: SyslogPriority) {
    let start = isInProgress ? "\r\u{1b}[K" : ""
    isInProgress = false
    let prefix = start + (isJournal ? "<\(priority.rawValue)>" : "")
    // A failure of standard error itself cannot be reported.
    _ = try? descriptor.write(all: Array("\(prefix)\(tool): \(TerminalText.visible(text))\n".utf8))
  }
}
