// A directory that appears with all that belongs in it, or not at all:
//
//   state       what exists                                             a crash here leaves
//   built       tmp/NAME and what is in it, all unsettled               a stray, removed after 36 hours
//   synced      the same, its content durable                           the same
//   named       the final name, unsettled (DirectoryTree.swift)         the whole directory; after a power cut that or nothing
//   published   the same, the name durable, everything settled          the whole directory; the bits may come back
//
// It stays unsettled until its name is durable, and so does what is in it: a process that finds it makes it durable first.

package import SystemCalls

extension Directory {
  /// Makes the directory `name` in this one with empty directories and empty files in it, built in `temporary` as `stray`, which must be
  /// new. False where something has the name already; an empty directory is replaced.
  package func publishDirectory(
    _ name: String, directories: [String], files: [String] = [], builtIn temporary: Directory, as stray: String, directoryMode: UInt32,
    fileMode: UInt32
  ) throws(SystemError) -> Bool {
    guard try temporary.makeUnsettledDirectory(stray, mode: directoryMode) else {
      throw SystemError(.exists, call: "mkdir", subject: stray)
    }
    do throws(SystemError) {
      let built = try temporary.directory(stray)
      for inner in directories { _ = try built.makeUnsettledDirectory(inner, mode: directoryMode) }
      for file in files { _ = try built.open(file, .createExclusively, mode: fileMode) }
      try built.sync()
      try temporary.rename(stray, to: self, replacing: name)
    } catch {
      // A stray that cannot be removed is removed with the others.
      _ = try? temporary.removeTree(stray)
      if error.code == .exists || error.code == .notEmpty { return false }
      throw error
    }
    try sync()
    let published = try directory(name)
    for inner in directories { try published.directory(inner).settle() }
    try published.settle()
    return true
  }

  /// Removes a directory with the files and the empty directories in it.
  package func removeTree(_ name: String) throws(SystemError) {
    guard let inner = try directoryIfPresent(name) else { return }
    for entry in try inner.list().entries {
      if try inner.status(of: entry.name)?.kind == .directory {
        try inner.removeDirectory(entry.name)
      } else {
        try inner.remove(entry.name)
      }
    }
    try removeDirectory(name)
  }
}
