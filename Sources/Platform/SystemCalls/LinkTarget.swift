internal import CSystemShims

extension Directory {
  /// The absolute path of what a name leads to in the end, symbolic links followed (ENOENT, ELOOP): openat(2) with O_PATH, and what
  /// /proc says of the descriptor, which realpath(3) of a path would not: this directory may be called otherwise by now.
  package func placeOfTarget(_ name: String) throws(SystemError) -> String {
    let raw = try check("open", pathOf(name)) { unsafe msg_open_place(descriptor.raw, name) }
    let target = FileDescriptor(owning: raw, path: pathOf(name))
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let link = "/proc/self/fd/\(target.raw)"
    let length = try check("readlink", link) { unsafe readlink(link, &buffer, Int(PATH_MAX)) }
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
