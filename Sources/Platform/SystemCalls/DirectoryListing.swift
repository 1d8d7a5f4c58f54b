internal import CSystemShims

/// A name in a directory, as readdir(3) gives it.
package struct DirectoryEntry: Hashable, Sendable {
  package let name: String
  /// Nil where the file system does not say (DT_UNKNOWN).
  package let kind: FileStatus.Kind?
}

/// The names in a directory at one moment, and how many of them are no UTF-8 and so cannot be names of ours.
package struct DirectoryListing: Sendable {
  package var entries: [DirectoryEntry] = []
  package var undecodable = 0
}

extension Directory {
  /// Lists the directory without `.` and `..`, in no order, at most `limit` names.
  /// A file that is renamed meanwhile may be missed or seen twice (readdir(3)): callers rescan.
  package func list(limit: Int = .max) throws(SystemError) -> DirectoryListing {
    var listing = DirectoryListing()
    if limit <= 0 { return listing }
    try eachName { (name, kind) throws(SystemError) in
      if let text = String(validating: name) {
        listing.entries.append(DirectoryEntry(name: text, kind: kind))
      } else {
        listing.undecodable += 1
      }
      return listing.entries.count < limit
    }
    return listing
  }

  /// The names of the entries of one kind, at most `limit`, in no order: foreign entries of another kind are passed
  /// over. Asks where the file system does not tell.
  package func names(of kind: FileStatus.Kind, limit: Int = .max) throws(SystemError) -> [String] {
    var found: [DirectoryEntry] = []
    if limit <= 0 { return [] }
    try eachName { (name, known) throws(SystemError) in
      if known == nil || known == kind, let text = String(validating: name) { found.append(DirectoryEntry(name: text, kind: known)) }
      return found.count < limit
    }
    var names: [String] = []
    for entry in found {
      var known = entry.kind
      if known == nil { known = try status(of: entry.name)?.kind }
      if known == kind { names.append(entry.name) }
    }
    return names
  }

  /// Calls `body` with the bytes of each name and its kind, as `list` has them, until it answers false. Holds a few names at a
  /// time, however many there are.
  package func eachName(
    _ body: (borrowing Span<UInt8>, FileStatus.Kind?) throws(SystemError) -> Bool
  ) throws(SystemError) {
    try eachEntry { (name, kind, _) throws(SystemError) in try body(name, kind) }
  }

  /// The same with the inode of each.
  package func eachEntry(
    _ body: (borrowing Span<UInt8>, FileStatus.Kind?, _ inode: UInt64) throws(SystemError) -> Bool
  ) throws(SystemError) {
    let raw = try check("open", path) { unsafe msg_openat(descriptor.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    guard let stream = unsafe fdopendir(raw) else {
      let failure = SystemError(.current, call: "fdopendir", subject: path)
      _ = msg_close(raw)
      throw failure
    }
    defer { unsafe _ = closedir(stream) }
    while true {
      msg_set_errno(0)
      guard let entry = unsafe readdir(stream) else {
        if msg_errno() != 0 { throw SystemError(.current, call: "readdir", subject: path) }
        return
      }
      let kind: FileStatus.Kind? =
        switch unsafe Int(entry.pointee.d_type) {
        case 8: .file
        case 4: .directory
        case 10: .symbolicLink
        case 0: nil
        default: .other
        }
      let inode = unsafe UInt64(entry.pointee.d_ino)
      let goesOn = try unsafe Directory.withName(of: entry) { (name) throws(SystemError) in
        if name.count <= 2, name[0] == UInt8(ascii: "."), name.count == 1 || name[1] == UInt8(ascii: ".") { return true }
        return try body(name, kind, inode)
      }
      if !goesOn { return }
    }
  }

  private static func withName<Value>(
    of entry: UnsafeMutablePointer<dirent>, _ body: (borrowing Span<UInt8>) throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    // The record may be shorter than the type says, so the name is reached by its address and not by a copy of the record.
    let start = unsafe UnsafeRawPointer(msg_entry_name(entry)).assumingMemoryBound(to: UInt8.self)
    let count = unsafe strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
    return try unsafe body(Span(_unsafeStart: start, count: count))
  }
}

extension String {
  /// U+FFFD for what is not UTF-8.
  package init(repairing bytes: borrowing Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Nil for bytes that are no UTF-8.
  package init?(validating bytes: borrowing Span<UInt8>) {
    guard let text = unsafe bytes.withUnsafeBufferPointer({ unsafe String(validating: $0, as: UTF8.self) }) else { return nil }
    self = text
  }
}
