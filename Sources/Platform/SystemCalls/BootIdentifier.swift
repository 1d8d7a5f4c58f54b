internal import CSystemShims
internal import Glibc

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
