package import JSONText
package import SpoolLayout
package import SystemCalls

/// `alarms/status`: what a running daemon says of itself, derived and never synced. It is true while the daemon holds its lock.
package struct StatusFile {
  private let file: DerivedFile

  package init(root: SpoolRoot) { file = DerivedFile(root: root, file: .daemonStatus, limit: SizeLimit.daemonStatus) }

  /// Nil where there is none that can be read.
  package func read() throws(SystemError) -> JSONValue? { try file.read().flatMap { try? JSONValue(parsing: $0) } }

  package func write(_ content: JSONValue) throws(SystemError) { try file.write(content.line) }
}
