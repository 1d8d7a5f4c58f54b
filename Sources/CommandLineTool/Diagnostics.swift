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
  private let descriptor = FileDescriptor(owning: 2, path: "standard error")

  init(tool: String) { self.tool = tool }

  /// What went wrong; shown at every level.
  package func report(_ failure: Failure) { write(failure.description) }

  /// What a person may want to know although it worked; `--quiet` drops it.
  package func note(_ text: String) { if level >= .normal { write(text) } }

  /// What only `--verbose` shows.
  package func detail(_ text: String) { if level >= .verbose { write(text) } }

  private func write(_ text: String) {
    // There is nobody left to tell when standard error itself fails.
    _ = try? descriptor.write(all: Array("\(tool): \(TerminalText.visible(text))\n".utf8))
  }
}
