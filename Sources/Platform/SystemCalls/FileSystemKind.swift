internal import CSystemShims

extension Directory {
  /// Whether other hosts may change what is there, unnoticed by inotify and perhaps seen late: network and cluster file systems,
  /// and everything behind FUSE (statfs(2), numbers of linux/magic.h and of the file systems themselves).
  package var isRemoteFileSystem: Bool { remoteFileSystems.contains(msg_file_system_type(descriptor.raw)) }

  /// Whether no program may be run from the file system there: it is mounted with `noexec`.
  package func forbidsPrograms() throws(SystemError) -> Bool {
    var raw = statvfs()
    try check("statvfs", path) { unsafe fstatvfs(descriptor.raw, &raw) }
    // ST_NOEXEC, which Glibc's module does not show.
    return raw.f_flag & 8 != 0
  }

  /// Bytes that may still be written to the file system there (fstatvfs(3)); nil where it does not say how large it is, as CephFS without
  /// a manager.
  package func freeBytes() throws(SystemError) -> Int64? {
    var raw = statvfs()
    try check("statvfs", path) { unsafe fstatvfs(descriptor.raw, &raw) }
    return raw.f_blocks == 0 ? nil : Int64(clamping: raw.f_bavail) * Int64(clamping: raw.f_frsize)
  }

  /// Files that can still be made in the file system there; nil where it has no limit.
  package func freeFiles() throws(SystemError) -> Int64? {
    var raw = statvfs()
    try check("statvfs", path) { unsafe fstatvfs(descriptor.raw, &raw) }
    return raw.f_files == 0 ? nil : Int64(clamping: raw.f_favail)
  }
}

private let remoteFileSystems: Set<Int64> = [
  0x6969,  // NFS
  0x517b, 0xfe53_4d42, 0xff53_4d42,  // SMB
  0x0102_1997,  // 9p
  0x6573_5546,  // FUSE, virtiofs
  0x00c3_6400,  // CephFS
  0x5346_414f, 0x6b41_4653,  // AFS
  0x7375_7245,  // Coda
  0x0bd0_0bd0,  // Lustre
  0x0116_1970, 0x7461_636f,  // GFS2, OCFS2
  0x4750_4653, 0x1983_0326, 0xaad7_aaea, 0x2003_0528,  // GPFS, BeeGFS, PanFS, OrangeFS
  0x786f_4256, 0xbacb_acbc, 0x7c7c_6673,  // folders of a virtual machine's host: VirtualBox, VMware, Parallels
]
