internal import DurableFiles
package import SharedKernel
package import SystemCalls

extension Spool {
  /// The age at which a file in `tmp/` is nobody's any more (as Maildir readers count). An answer of a gateway that is that old and
  /// was not taken is asked for again.
  package static let strayAge = Duration.hours(36)

  /// Removes what killed writers left in `tmp/`, and the answers of gateways that nobody waits for any more.
  package func removeStrays(now: Timestamp) throws(SystemError) {
    for folder in [SpoolFolder.temporary, .attempts] { try removeStrays(in: folder, now: now) }
  }

  private func removeStrays(in folder: SpoolFolder, now: Timestamp) throws(SystemError) {
    guard let temporary = try root.folderIfPresent(folder) else { return }
    let oldest = now.subtracting(Spool.strayAge)
    for entry in try temporary.list().entries {
      guard let status = try temporary.status(of: entry.name), Timestamp(sinceEpoch: status.modified) < oldest else { continue }
      switch status.kind {
      case .file: try temporary.remove(entry.name)
      case .directory where entry.name.hasPrefix(SpoolRoot.maildirPrefix): try temporary.removeTree(entry.name)
      case .directory, .symbolicLink, .other: continue
      }
    }
  }
}
