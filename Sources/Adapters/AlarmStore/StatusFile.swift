internal import DurableFiles
package import JSONText
internal import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/status`: what a running daemon says of itself, derived and never synced. It is true while the daemon holds its lock.
package struct StatusFile {
  private static let name = SpoolFile.daemonStatus.name
  private let root: SpoolRoot

  package init(root: SpoolRoot) {
    self.root = root
  }

  package func write(_ content: JSONValue) throws(SystemError) {
    let file = try root.temporaryFile("status")
    try file.descriptor.write(all: Array("\(content.line)\n".utf8))
    try file.rename(in: try root.folder(.alarms), replacing: StatusFile.name)
  }

  /// Nil where there is none that can be read.
  package static func read(root: SpoolRoot) throws(SystemError) -> JSONValue? {
    guard let bytes = try root.folderIfPresent(.alarms)?.contents(of: name, limit: SizeLimit.daemonStatus) else { return nil }
    return try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
  }
}
