internal import SpoolLayout
internal import SystemCalls

/// The lock of `pay/cache/<boot id>/building`: its holder reads much of the ledger, and no other process of the user does so at the same time.
final class BuildingLock {
  private static let name = "building"
  private let file: FileDescriptor

  /// Nil where there can be no cache.
  init?(_ root: SpoolRoot, bootID: String) {
    guard let cache = IndexFolder.make(root, bootID: bootID), let file = try? root.openOrCreate(BuildingLock.name, in: cache) else {
      return nil
    }
    self.file = file
  }

  /// False when the wait ran out. Given back when this object goes, and by a kill.
  func take(_ wait: LockWait) throws(SystemError) -> Bool { try file.lock(.exclusive, wait: wait) }
}
