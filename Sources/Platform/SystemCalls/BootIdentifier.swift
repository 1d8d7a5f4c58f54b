internal import CSystemShims

/// The kernel's identifier of this boot (random(4)): what is remembered under it was written since the machine started.
/// Nil where /proc does not tell.
package func bootIdentifier() -> String? {
  let path = "/proc/sys/kernel/random/boot_id"
  let raw = unsafe msg_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)
  if raw < 0 { return nil }
  guard let bytes = try? FileDescriptor(owning: raw, path: path).read(upTo: 37) else { return nil }
  let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  return text.utf8.count == 36 && text.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...102).contains($0) } ? text : nil
}

extension Directory {
  /// The name under which processes may share a cache on this file system: all that have it see the same pages. That is the boot; where
  /// other hosts may share the file system (`isRemoteFileSystem`) it is also the host and the mount. Two hosts may have come from one image
  /// of a running machine and have one boot id, two mounts on one host keep pages of their own, and one that was lost and made again may
  /// have lost what was not yet sent. Nil where /proc does not tell the boot.
  package var cacheIdentifier: String? {
    guard let boot = bootIdentifier(), isRemoteFileSystem else { return bootIdentifier() }
    let path = "/etc/machine-id"
    let raw = unsafe msg_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)
    let machine = raw < 0 ? [] : (try? FileDescriptor(owning: raw, path: path).read(upTo: 64)) ?? []
    let place = Array("\(CurrentProcess.hostName) \(msg_mount_number(descriptor.raw)) ".utf8) + machine
    // FNV-1a.
    let digest = place.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(digest, radix: 16)
    return "\(boot)-\(String(repeating: "0", count: 16 - digits.utf8.count))\(digits)"
  }
}
