internal import DurableFiles
package import JSONText
internal import SharedKernel
internal import SpoolLayout
package import SystemCalls

/// `alarms/status`: what a running daemon says of itself, derived and never synced. It is true while the daemon holds its lock.
package struct StatusFile {
  private static let name = SpoolFile.daemonStatus.name
  private let root: Directory
  private let fileMode: UInt32
  private let directoryMode: UInt32

  package init(root: Directory, fileMode: UInt32, directoryMode: UInt32) {
    (self.root, self.fileMode, self.directoryMode) = (root, fileMode, directoryMode)
  }

  package func write(_ content: JSONValue) throws(SystemError) {
    let temporary = try root.ensureFolder(.temporary, mode: directoryMode)
    let file = try TemporaryFile(in: temporary, name: "status.\(hexadecimal(try randomBytes(8)))", mode: fileMode)
    try file.descriptor.write(all: Array("\(content.line)\n".utf8))
    try file.rename(in: try root.folder(.alarms), replacing: StatusFile.name)
  }

  /// Nil where there is none that can be read.
  package static func read(root: Directory) throws(SystemError) -> JSONValue? {
    guard let bytes = try root.folderIfPresent(.alarms)?.contents(of: name, limit: 1 << 20) else { return nil }
    return try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
  }
}
