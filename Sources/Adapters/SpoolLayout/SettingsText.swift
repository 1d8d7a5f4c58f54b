internal import SharedKernel
internal import SystemCalls

/// The text of a settings file in the spool; nil where there is none. A file that cannot be one is a mistake of a person (78); where the
/// disk fails or a limit is reached the file may be right, and the failure says that (74).
func settingsText(of file: SpoolFile, limit: Int, in root: SpoolRoot) throws(Failure) -> String? {
  let path = "\(root.path)/\(file)"
  let bytes: [UInt8]
  do throws(SystemError) {
    guard let found = try root.contents(of: file, limit: limit) else { return nil }
    // A FIFO reads as empty, and empty settings are all defaults: prices too.
    if found.isEmpty, let status = try root.directory.status(of: file.path), status.kind != .file {
      throw SystemError(.invalid, call: "read", subject: path)
    }
    bytes = found
  } catch {
    let complaint: String? =
      switch error.code {
      case .invalid, .noDeviceOrAddress, .isDirectory: "not a regular file"
      case .loop, .leavesDirectory: "a symbolic link"
      case .tooLarge: "larger than \(limit) bytes"
      case .accessDenied, .notPermitted, .notDirectory: "\(error.code)"
      default: nil
      }
    guard let complaint else { throw Failure(storage: error) }
    throw Failure(.configuration, "\(path): \(complaint)", remedy: "put a regular file there that can be read")
  }
  guard let text = String(validating: bytes, as: UTF8.self) else {
    throw Failure(.configuration, "\(path): not UTF-8", remedy: "save it as UTF-8")
  }
  return text
}
