internal import CSystemShims

extension FileDescriptor {
  /// memfd_create(2): a file without a name that holds these bytes, to be read from its beginning; it cannot be changed any more.
  static func sealedMemory(holding bytes: [UInt8], path: String) throws(SystemError) -> FileDescriptor {
    let memory = FileDescriptor(owning: try check("memfd_create", path) { msg_sealable_memory() }, path: path)
    try memory.write(all: bytes, at: 0)
    try check("fcntl", path) { msg_seal(memory.raw) }
    return memory
  }
}
