package import SystemCalls

extension Directory {
  /// Opens the directory at a relative path, making what is missing of it; every directory that got a new
  /// name in it is fsynced, so a crash never leaves a durable file in a directory that is not.
  package func ensureDirectory(_ relativePath: String, mode: UInt32 = 0o700) throws(SystemError) -> Directory {
    if let present = try directoryIfPresent(relativePath) { return present }
    var current = self
    for component in relativePath.split(separator: "/") {
      let name = String(component)
      if try current.makeDirectory(name, mode: mode) { try current.sync() }
      current = try current.directory(name)
    }
    return current
  }
}
