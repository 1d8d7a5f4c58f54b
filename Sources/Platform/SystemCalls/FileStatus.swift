internal import CSystemShims

/// What stat(2) tells of a file, as far as the spool needs it.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Sendable { case file, directory, symbolicLink, other }

  /// Names a file whatever it is called: equal for two names of one file.
  package struct Identity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
  }

  package let identity: Identity
  package let kind: Kind
  /// Permission bits (07777).
  package let mode: UInt32
  package let owner: UInt32
  package let linkCount: Int
  /// Bytes.
  package let size: Int
  /// The last change of content, as the time since the epoch.
  package let modified: Duration
  /// The last change of the file's name, owner or links, as the time since the epoch.
  package let changed: Duration

  init(_ raw: stat) {
    identity = Identity(device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino))
    switch raw.st_mode & mode_t(S_IFMT) {
    case mode_t(S_IFREG): kind = .file
    case mode_t(S_IFDIR): kind = .directory
    case mode_t(S_IFLNK): kind = .symbolicLink
    default: kind = .other
    }
    mode = raw.st_mode & 0o7777
    owner = raw.st_uid
    linkCount = Int(raw.st_nlink)
    size = Int(raw.st_size)
    modified = Duration(raw.st_mtim)
    changed = Duration(raw.st_ctim)
  }
}

extension FileStatus {
  /// stat(2) of an ordinary path, symbolic links followed; nil where there is nothing.
  package static func atPath(_ path: String) throws(SystemError) -> FileStatus? {
    var raw = stat()
    do { try check("stat", path) { unsafe stat(path, &raw) } } catch {
      if error.code == .noEntry { return nil }
      throw error
    }
    return FileStatus(raw)
  }
}
