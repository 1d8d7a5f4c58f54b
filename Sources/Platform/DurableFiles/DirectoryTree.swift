// Making directories so that they are durable before anything in them is, also when their maker dies half way:
//
//   state       what exists                                             a crash here leaves
//   made        the directory, with the sticky bit (01000) in its mode  after a kill the same; after a power cut that or nothing
//   synced      the same, its name durable                              the same
//   settled     the directory with its mode; the bit is gone            the directory; the bit may come back, which costs one sync
//
// A process that finds the bit syncs the directory above, as the maker would have, and clears it. A settled directory is durable with all
// above it, because each is settled before anything is made in it.

package import SystemCalls

extension Directory {
  /// Means nothing to the kernel for a directory that only its owner, or one group that trusts itself, writes to.
  private static let unsettled: UInt32 = 0o1000

  /// Opens the directory at a relative path, making what is missing of it. Its name and those of all above it are durable when this
  /// returns.
  package func ensureDirectory(_ relativePath: String, mode: UInt32 = 0o700) throws(SystemError) -> Directory {
    if let present = try directoryIfPresent(relativePath), try present.isSettled { return present }
    var current = self
    for component in relativePath.split(separator: "/") {
      let inner = try current.openOrMakeUnsettled(String(component), mode: mode)
      if try !inner.isSettled {
        try current.sync()
        try inner.settle()
      }
      current = inner
    }
    return current
  }

  private func openOrMakeUnsettled(_ name: String, mode: UInt32) throws(SystemError) -> Directory {
    if let present = try directoryIfPresent(name) { return present }
    _ = try makeUnsettledDirectory(name, mode: mode)
    return try directory(name)
  }

  /// Makes a directory in the first of the states; false where it is there already. `ensureDirectory` goes on from there.
  package func makeUnsettledDirectory(_ name: String, mode: UInt32) throws(SystemError) -> Bool {
    try makeDirectory(name, mode: mode | Directory.unsettled)
  }

  /// Whether the directory is known to be durable. Where it is not, `ensureDirectory` makes it so.
  package var isSettled: Bool {
    get throws(SystemError) { try descriptor.status().mode & Directory.unsettled == 0 }
  }

  /// Clears the bit. Another user of a shared spool may not, and then syncs once more than needed the next time.
  func settle() throws(SystemError) {
    do throws(SystemError) { try descriptor.changeMode(to: descriptor.status().mode & ~Directory.unsettled) } catch {
      if error.code != .notPermitted { throw error }
    }
  }
}
