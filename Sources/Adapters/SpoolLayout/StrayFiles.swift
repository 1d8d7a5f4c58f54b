internal import DurableFiles
package import SharedKernel
package import SystemCalls

extension Spool {
  /// The age at which a file in `tmp/` is abandoned (as Maildir readers count). An answer of a gateway that is that old and
  /// was not taken is asked for again.
  package static let strayAge = Duration.hours(36)

  /// The age up to which the header of a message is kept that its receiver removed: 400 days.
  private static let removedAge = Duration.hours(9600)

  /// Removes what killed writers left in `tmp/`, the answers of gateways that no caller waits for any more, and what stayed of messages that
  /// were removed long ago.
  package func removeStrays(now: Timestamp) throws(SystemError) {
    for folder in [SpoolFolder.temporary, .attempts] { try removeFiles(in: folder, olderThan: Spool.strayAge, now: now) }
    try removeFiles(in: .removed, olderThan: Spool.removedAge, now: now) { MessageID($0.prefix { $0 != "." }) != nil }
  }

  private func removeFiles(in folder: SpoolFolder, olderThan age: Duration, now: Timestamp, where isOurs: (String) -> Bool = { _ in true })
    throws(SystemError)
  {
    guard let temporary = try root.folderIfPresent(folder) else { return }
    let oldest = now.subtracting(age)
    for entry in try temporary.list().entries where isOurs(entry.name) {
      guard let status = try temporary.status(of: entry.name), Timestamp(sinceEpoch: status.modified) < oldest else { continue }
      switch status.kind {
      case .file: try temporary.remove(entry.name)
      case .directory where entry.name.hasPrefix(SpoolRoot.maildirPrefix) || entry.name.hasPrefix(SpoolRoot.mountTestPrefix):
        try temporary.removeTree(entry.name)
      case .directory, .symbolicLink, .other: continue
      }
    }
  }
}
