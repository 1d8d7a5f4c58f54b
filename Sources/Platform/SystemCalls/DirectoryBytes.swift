internal import CSystemShims

// The same operations for names that need not be UTF-8, byte for byte. A zero byte ends a name.
extension Directory {
  /// Opens a file for reading; opening a FIFO or a device never blocks.
  package func open(_ name: [UInt8]) throws(SystemError) -> FileDescriptor {
    let raw = try check("open", pathOf(name)) {
      unsafe msg_open_beneath(descriptor.raw, Directory.cString(name), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
    }
    return FileDescriptor(owning: raw, path: pathOf(name))
  }

  /// fstatat(2) without following a symbolic link; nil where there is nothing.
  package func status(of name: [UInt8]) throws(SystemError) -> FileStatus? {
    try nilIfAbsent { () throws(SystemError) in
      var raw = stat()
      try check("stat", pathOf(name)) { unsafe fstatat(descriptor.raw, Directory.cString(name), &raw, AT_SYMLINK_NOFOLLOW) }
      return FileStatus(raw)
    }
  }

  /// renameat2(2) to a name that must be free (EEXIST otherwise).
  package func rename(_ name: [UInt8], to target: Directory, exclusively newName: [UInt8]) throws(SystemError) {
    try check("rename", "\(pathOf(name)) to \(target.pathOf(newName))") {
      unsafe msg_renameat(descriptor.raw, Directory.cString(name), target.descriptor.raw, Directory.cString(newName), MSG_RENAME_MOVING)
    }
  }

  /// unlinkat(2); false when there was nothing.
  @discardableResult
  package func remove(_ name: [UInt8]) throws(SystemError) -> Bool {
    try nilIfAbsent { () throws(SystemError) in
      try check("unlink", pathOf(name)) { unsafe unlinkat(descriptor.raw, Directory.cString(name), 0) }
    } != nil
  }

  /// As errors show it.
  private func pathOf(_ name: [UInt8]) -> String { pathOf(String(decoding: name, as: UTF8.self)) }

  private static func cString(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
}
