internal import DurableFiles
internal import SpoolLayout
internal import SystemCalls

extension Directory {
  /// The content of a small file; nil where there is none, or where what has its name is none of ours: a link, a folder, something
  /// larger than `limit` bytes.
  func smallFile(_ name: String, limit: Int) throws(SystemError) -> [UInt8]? {
    do { return try contents(of: name, limit: limit) } catch {
      if error.isOfAnotherKind || error.code == .tooLarge { return nil }
      throw error
    }
  }

  /// The same of one of many files in a folder: one that may not be read is none of ours either.
  func listedFile(_ name: String, limit: Int) throws(SystemError) -> [UInt8]? {
    do { return try smallFile(name, limit: limit) } catch {
      if error.code == .accessDenied { return nil }
      throw error
    }
  }
}

/// A small file in `alarms/` that is derived from others, and so never synced: it is replaced as a whole.
struct DerivedFile {
  let root: SpoolRoot
  let file: SpoolFile
  /// In bytes.
  let limit: Int

  /// The text; nil where there is none that can be used.
  func read() throws(SystemError) -> String? {
    try root.folderIfPresent(.alarms)?.smallFile(file.name, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Replaces it by a line.
  func write(_ line: String) throws(SystemError) {
    let file = try root.temporaryFile(file.name)
    try file.descriptor.write(all: Array("\(line)\n".utf8))
    try file.rename(in: try root.folder(.alarms), replacing: self.file.name)
  }
}
