internal import CSystemShims
internal import Glibc

extension Directory {
  /// Whether changes by other hosts or processes may go unnoticed by inotify there: NFS, SMB, 9p, and everything behind FUSE
  /// (statfs(2), numbers of linux/magic.h).
  package var isRemoteFileSystem: Bool {
    let remote: Set<Int64> = [
      0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x0102_1997, 0x6573_5546, 0x00c3_6400, 0x5346_414f, 0x7375_7245, 0x0bd0_0bd0,
    ]
    return remote.contains(msg_file_system_type(descriptor.raw))
  }

  /// Bytes that may still be written to the file system there (fstatvfs(3)).
  package func freeBytes() throws(SystemError) -> Int64 {
    var raw = statvfs()
    try check("statvfs", path) { unsafe fstatvfs(descriptor.raw, &raw) }
    return Int64(clamping: raw.f_bavail) * Int64(clamping: raw.f_frsize)
  }

  /// Files that can still be made in the file system there; nil where it has no limit.
  package func freeFiles() throws(SystemError) -> Int64? {
    var raw = statvfs()
    try check("statvfs", path) { unsafe fstatvfs(descriptor.raw, &raw) }
    return raw.f_files == 0 ? nil : Int64(clamping: raw.f_favail)
  }
}
