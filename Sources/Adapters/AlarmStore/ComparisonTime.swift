internal import DurableFiles
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/compared`: when mailboxes and feed were compared last. Never synced: an older time means more work, and no harm.
package struct ComparisonTime {
  private static let name = SpoolFile.comparisonTime.name
  private let root: SpoolRoot

  package init(root: SpoolRoot) {
    self.root = root
  }

  /// Nil before the first comparison.
  package func read() throws(SystemError) -> Timestamp? {
    guard let bytes = try root.folderIfPresent(.alarms)?.contents(of: ComparisonTime.name, limit: SizeLimit.line) else { return nil }
    return Timestamp(rfc3339: String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self))
  }

  package func write(_ time: Timestamp) throws(SystemError) {
    let file = try root.temporaryFile("compared")
    try file.descriptor.write(all: Array("\(time.rfc3339)\n".utf8))
    try file.rename(in: try root.folder(.alarms), replacing: ComparisonTime.name)
  }
}
