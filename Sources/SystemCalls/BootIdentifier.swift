/// The kernel's identifier of this boot (random(4)): what is remembered under it was written since the machine started.
/// Nil where /proc does not tell.
package func bootIdentifier() -> String? {
  guard let directory = try? Directory(opening: "/proc/sys/kernel/random"),
    let bytes = try? directory.contents(of: "boot_id", limit: 64)
  else { return nil }
  let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  return text.utf8.count == 36 && text.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...102).contains($0) } ? text : nil
}
