package import SharedKernel
package import SystemCalls

extension Spool {
  /// Hours after which a file in `tmp/` is nobody's any more (as Maildir readers count).
  package static let strayHours: Int64 = 36

  /// Removes what killed writers left in `tmp/`.
  package func removeStrays(now: Timestamp) throws(SystemError) {
    guard let temporary = try root.directoryIfPresent("tmp") else { return }
    let oldest = (now.seconds - Spool.strayHours * 3600) * 1_000_000_000
    for entry in try temporary.list().entries {
      guard let status = try temporary.status(of: entry.name), status.kind == .file, status.modified < oldest else { continue }
      try temporary.remove(entry.name)
    }
  }
}
