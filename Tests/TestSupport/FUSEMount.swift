internal import Testing

/// A second way to a folder: a FUSE mount of it (bindfs), unmounted at the end. It stands in for another host's mount of a network file system.
package final class FUSEMount: Sendable {
  /// What makes two such mounts see each other's changes at once.
  package static let coherent = [
    "--enable-lock-forwarding", "--multithreaded", "-o", "attr_timeout=0,entry_timeout=0,negative_timeout=0,direct_io,intr",
  ]

  private let folder = TemporaryFolder()
  package var path: String { folder.path }

  /// Leaves the test out where nothing can be mounted.
  package init(of path: String, options: [String] = coherent) throws {
    let mounted = try run("bindfs", options + [path, folder.path])
    guard mounted.status == 0 else { try Requirements.lacks("/dev/fuse, or the right to mount by it") }
  }

  deinit { _ = try? run("umount", ["-l", path]) }
}
