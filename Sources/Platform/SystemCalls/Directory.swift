internal import CSystemShims

/// An open directory. Every operation takes names relative to it and never follows a symbolic link on the way,
/// so nothing that is planted in a spool makes a tool work outside of it (invariant 8).
package final class Directory: Sendable {
  package let descriptor: FileDescriptor
  package var path: String { descriptor.path }

  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// Opens a directory by an ordinary path; symbolic links are followed, as the user named it.
  package convenience init(opening path: String) throws(SystemError) {
    let raw = try check("open", path) { unsafe msg_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    self.init(FileDescriptor(owning: raw, path: path))
  }

  /// How a file is opened. `create` and `createExclusively` make it with the mode given.
  package enum Access: Sendable { case read, readWrite, write, create, createExclusively }

  func pathOf(_ name: String) -> String { name == "." ? path : "\(path)/\(name)" }

  private func open(beneath name: String, flags: Int32, mode: UInt32) throws(SystemError) -> FileDescriptor {
    let raw = try check("open", pathOf(name)) {
      unsafe msg_open_beneath(descriptor.raw, name, flags | O_CLOEXEC, mode)
    }
    return FileDescriptor(owning: raw, path: pathOf(name))
  }

  /// Opens the directory at a relative path beneath this one (ELOOP for a symbolic link, ENOTDIR for a file).
  package func directory(_ relativePath: String) throws(SystemError) -> Directory {
    Directory(try open(beneath: relativePath, flags: O_RDONLY | O_DIRECTORY, mode: 0))
  }

  /// The same, nil where there is none.
  package func directoryIfPresent(_ relativePath: String) throws(SystemError) -> Directory? {
    try nilIfAbsent { () throws(SystemError) in try directory(relativePath) }
  }

  /// Opens a directory by a path from outside; nil where there is none, whatever else has the name.
  package func directoryIfAny(_ relativePath: String) throws(SystemError) -> Directory? {
    do { return try directory(relativePath) } catch {
      if error.code == .noEntry || error.isOfAnotherKind { return nil }
      throw error
    }
  }

  /// Opens a file to be read; nil where there is none.
  package func fileIfPresent(_ name: String) throws(SystemError) -> FileDescriptor? {
    do throws(SystemError) { return try open(name, .read) } catch {
      if error.code == .noEntry { return nil }
      throw error
    }
  }

  /// Opens a file; opening a FIFO or a device never blocks.
  package func open(_ name: String, _ access: Access, mode: UInt32 = 0o600) throws(SystemError) -> FileDescriptor {
    let flags =
      switch access {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .write: O_WRONLY
      case .create: O_RDWR | O_CREAT
      case .createExclusively: O_RDWR | O_CREAT | O_EXCL
      }
    return try open(beneath: name, flags: flags | O_NONBLOCK | O_NOCTTY, mode: mode)
  }

  /// The content of a regular file, nil where there is none. A file larger than `limit` bytes is EFBIG.
  package func contents(of name: String, limit: Int = 1 << 30) throws(SystemError) -> [UInt8]? {
    let file: FileDescriptor
    do { file = try open(name, .read) } catch {
      if error.code == .noEntry { return nil }
      throw error
    }
    guard let bytes = try file.readToEnd(limit: limit) else {
      throw SystemError(.tooLarge, call: "read", subject: pathOf(name))
    }
    return bytes
  }

  /// fstatat(2) without following a symbolic link; nil where there is nothing.
  package func status(of name: String) throws(SystemError) -> FileStatus? {
    try nilIfAbsent { () throws(SystemError) in
      var raw = stat()
      try check("stat", pathOf(name)) { unsafe fstatat(descriptor.raw, name, &raw, AT_SYMLINK_NOFOLLOW) }
      return FileStatus(raw)
    }
  }

  /// fsync(2) of the directory: the names in it are durable.
  package func sync() throws(SystemError) { try descriptor.sync() }
}

extension Directory {
  /// mkdirat(2); false when the name is there already.
  package func makeDirectory(_ name: String, mode: UInt32 = 0o700) throws(SystemError) -> Bool {
    do {
      try check("mkdir", pathOf(name)) { unsafe mkdirat(descriptor.raw, name, mode) }
      return true
    } catch {
      if error.code == .exists { return false }
      throw error
    }
  }

  /// renameat2(2) to a name that must be free (EEXIST otherwise), and that no other process can want: the file has one name at every
  /// moment, on each file system.
  package func rename(_ name: String, to target: Directory, exclusively newName: String) throws(SystemError) {
    try rename(name, to: target, newName, MSG_RENAME_MOVING)
  }

  /// renameat2(2) to a name that one process only gets (EEXIST for the others). On some file systems both names are there for a moment.
  package func rename(_ name: String, to target: Directory, claiming newName: String) throws(SystemError) {
    try rename(name, to: target, newName, MSG_RENAME_CLAIMING)
  }

  /// renameat(2): takes the place of what has the name.
  package func rename(_ name: String, to target: Directory, replacing newName: String) throws(SystemError) {
    try rename(name, to: target, newName, MSG_RENAME_REPLACING)
  }

  private func rename(_ name: String, to target: Directory, _ newName: String, _ kind: msg_rename) throws(SystemError) {
    try check("rename", "\(pathOf(name)) to \(target.pathOf(newName))") {
      unsafe msg_renameat(descriptor.raw, name, target.descriptor.raw, newName, kind)
    }
  }

  /// linkat(2): a second name of the file itself, which must be free.
  package func link(_ name: String, to target: Directory, as newName: String) throws(SystemError) {
    try check("link", "\(pathOf(name)) to \(target.pathOf(newName))") {
      unsafe linkat(descriptor.raw, name, target.descriptor.raw, newName, 0)
    }
  }

  /// unlinkat(2); false when there was nothing.
  @discardableResult
  package func remove(_ name: String) throws(SystemError) -> Bool {
    try nilIfAbsent { () throws(SystemError) in
      try check("unlink", pathOf(name)) { unsafe unlinkat(descriptor.raw, name, 0) }
    } != nil
  }

  /// rmdir(2); false when there was nothing.
  @discardableResult
  package func removeDirectory(_ name: String) throws(SystemError) -> Bool {
    try nilIfAbsent { () throws(SystemError) in
      try check("rmdir", pathOf(name)) { unsafe unlinkat(descriptor.raw, name, AT_REMOVEDIR) }
    } != nil
  }
}

/// Turns ENOENT into nil and lets every other error through.
func nilIfAbsent<Value>(_ body: () throws(SystemError) -> Value) throws(SystemError) -> Value? {
  do { return try body() } catch {
    if error.code == .noEntry { return nil }
    throw error
  }
}
