internal import Glibc

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
    let raw = try check("open", path) { unsafe openat(descriptor.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = unsafe fdopendir(raw) else {
      let failure = SystemError(.current, call: "fdopendir", subject: path)
      _ = Glibc.close(raw)
      throw failure
    }
    defer { unsafe _ = closedir(stream) }
    var listing = DirectoryListing()
    while listing.entries.count < limit {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno != 0 { throw SystemError(.current, call: "readdir", subject: path) }
        break
      }
      let kind: FileStatus.Kind? =
        switch unsafe Int(entry.pointee.d_type) {
        case 8: .file
        case 4: .directory
        case 10: .symbolicLink
        case 0: nil
        default: .other
        }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      guard let name else {
        listing.undecodable += 1
        continue
      }
      if name != "." && name != ".." { listing.entries.append(DirectoryEntry(name: name, kind: kind)) }
    }
    return listing
  }
}
