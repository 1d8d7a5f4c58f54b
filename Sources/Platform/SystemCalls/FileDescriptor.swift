internal import CSystemShims

/// An open file that closes itself, with the path it was opened by for error messages.
///
/// Writing code closes explicitly where a failed close(2) matters; `deinit` catches the rest.
public struct FileDescriptor: ~Copyable, Sendable {
  package private(set) var raw: Int32
  package let path: String

  /// Takes ownership of an open descriptor.
  package init(owning raw: Int32, path: String) {
    self.raw = raw
    self.path = path
  }

  deinit { if raw >= 0 { _ = msg_close(raw) } }

  /// close(2). Not repeated on EINTR: Linux has released the descriptor by then.
  package consuming func close() throws(SystemError) {
    let number = raw
    raw = -1  // deinit has nothing left to do
    if msg_close(number) != 0, Errno.current != .interrupted {
      throw SystemError(.current, call: "close", subject: path)
    }
  }

  package func status() throws(SystemError) -> FileStatus {
    var raw = stat()
    try check("fstat", path) { unsafe fstat(self.raw, &raw) }
    return FileStatus(raw)
  }

  /// The same, asked for anew where the kernel may remember what another host has changed since: to be used under a lock.
  package func currentStatus() throws(SystemError) -> FileStatus {
    try check("statx", path) { msg_refresh_status(raw) }
    return try status()
  }

  /// fsync(2): content and metadata. A failure is final: see invariant 9.
  package func sync() throws(SystemError) { try check("fsync", path) { fsync(raw) } }

  /// fdatasync(2): content, and the size where it changed.
  package func syncData() throws(SystemError) { try check("fdatasync", path) { fdatasync(raw) } }

  /// fallocate(2): room for the first `size` bytes, so that writing them finds some later on; the file stays as long as it is. Nothing
  /// where the file system does not know how.
  package func reserve(_ size: Int) throws(SystemError) {
    do throws(SystemError) { try check("fallocate", path) { msg_reserve(raw, Int64(size)) } } catch {
      guard error.code == .notSupported || error.code == .noSystemCall else { throw error }
    }
  }

  /// fchmod(2): the permission bits (07777).
  package func changeMode(to mode: UInt32) throws(SystemError) { try check("fchmod", path) { fchmod(raw, mode) } }

  /// ftruncate(2), in bytes.
  package func truncate(to size: Int) throws(SystemError) { try check("ftruncate", path) { ftruncate(raw, size) } }
}

extension FileDescriptor {
  /// read(2): up to `count` bytes; empty at the end of the file.
  package func read(upTo count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SystemError) {
        filled = try check("read", path) { unsafe msg_read(raw, buffer.baseAddress, count) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Everything to the end of the file, or nil when that is more than `limit` bytes (limit + 1 are read at most).
  package func readToEnd(limit: Int = Int.max - 1, expecting: Int = 4096) throws(SystemError) -> [UInt8]? {
    var all: [UInt8] = []
    var chunk = max(512, min(expecting + 1, limit + 1, 1 << 20))
    while true {
      let part = try read(upTo: min(chunk, limit + 1 - all.count))
      if part.isEmpty { return all }
      if all.isEmpty { all = part } else { all += part }
      if all.count > limit { return nil }
      chunk = min(chunk * 2, 1 << 20)
    }
  }

  /// pread(2): `count` bytes at `offset`, fewer only at the end of the file.
  package func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SystemError) {
        while filled < count {
          let got = try check("pread", path) {
            unsafe pread(raw, buffer.baseAddress?.advanced(by: filled), count - filled, offset + filled)
          }
          if got == 0 { break }
          filled += got
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// lseek(2) with SEEK_DATA: the first byte from `offset` on that is not in a hole; nil where only a hole, or nothing, follows. `offset`
  /// itself where the file system does not know.
  package func nextData(from offset: Int) throws(SystemError) -> Int? {
    do { return Int(try check("lseek", path) { msg_next_data(raw, Int64(offset)) }) } catch {
      switch error.code {
      case .noDeviceOrAddress: return nil
      case .invalid, .notSupported: return offset
      default: throw error
      }
    }
  }

  /// write(2) until every byte is taken; short writes go on where they stopped.
  package func write(all bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      done += try check("write", path) {
        unsafe bytes.withUnsafeBytes { unsafe msg_write(raw, $0.baseAddress?.advanced(by: done), bytes.count - done) }
      }
    }
  }

  /// pwrite(2) until every byte is taken, normally in one call.
  package func write(all bytes: [UInt8], at offset: Int) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      done += try check("pwrite", path) {
        unsafe bytes.withUnsafeBytes {
          unsafe pwrite(raw, $0.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
        }
      }
    }
  }
}
