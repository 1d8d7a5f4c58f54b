internal import SpoolLayout
internal import SystemCalls

/// `pay/cache/<boot id>/`, where the index is; on a file system that hosts share also the host and the mount are in the name
/// (`cacheIdentifier`).
enum IndexFolder {
  /// Another boot's cache that was not written for so long belongs to no host that shares this spool.
  private static let unusedAge = Duration.seconds(7 * 86_400)

  /// Opens this boot's folder, making it; those of boots that are over go then. Nil where that fails: the ledger works
  /// without a cache.
  static func make(_ root: SpoolRoot, bootID: String) -> Directory? {
    do throws(SystemError) {
      if let present = try root.folderIfPresent(.ledgerCache.folder(bootID)) { return present }
      removeOthers(in: try root.ensureCacheFolder(.ledgerCache), than: bootID)
      return try root.ensureCacheFolder(.ledgerCache.folder(bootID))
    } catch {
      return nil
    }
  }

  private static func removeOthers(in caches: Directory, than bootID: String) {
    let oldest = wallClock() - unusedAge
    // What cannot be removed does no harm.
    for entry in (try? caches.list().entries) ?? [] where entry.name != bootID && entry.kind == .directory && isBootID(entry.name) {
      let written = (try? caches.status(of: "\(entry.name)/index"))??.modified ?? .zero
      if written < oldest { remove(entry.name, in: caches) }
    }
  }

  /// Removes a folder with the files in it; folders within it are not ours and keep it.
  static func remove(_ name: String, in caches: Directory) {
    guard let folder = try? caches.directory(name) else { return }
    for entry in (try? folder.list().entries) ?? [] where entry.kind == .file { _ = try? folder.remove(entry.name) }
    _ = try? caches.removeDirectory(name)
  }

  private static func isBootID(_ name: String) -> Bool {
    [36, 53].contains(name.utf8.count) && name.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...102).contains($0) }
  }
}
