package import Mailbox
internal import MessageFormat
internal import SpoolLayout
package import SharedKernel
internal import SystemCalls

extension MaildirMailbox: MailboxStore {
  package func summary(of message: StoredMessage) throws(Failure) -> Summary? {
    try following(message) { folder, current throws(SystemError) in
      guard let open = try openFile(folder, current.nameBytes) else { return nil }
      var front = try open.file.read(min(open.size, Summary.frontSize), at: 0)
      if open.size > front.count, HeaderFields.end(in: front) == nil {
        front = try open.file.read(min(open.size, Summary.headerLimit), at: 0)
      }
      return Summary(current, front: front, size: open.size, unlabelled: unlabelled)
    }
  }

  package func contents(of message: StoredMessage) throws(Failure) -> [UInt8]? {
    var tooLarge: String?
    let bytes = try following(message) { folder, current throws(SystemError) -> [UInt8]? in
      guard let open = try openFile(folder, current.nameBytes) else { return nil }
      let bytes = open.size > SizeLimit.message ? nil : try open.file.readToEnd(limit: SizeLimit.message, expecting: open.size)
      if bytes == nil { tooLarge = "\(folder.path)/\(current.name)" }
      return bytes
    }
    if let tooLarge {
      throw Failure(.badData, "\(tooLarge): larger than \(SizeLimit.message) bytes", remedy: "read it with another program")
    }
    return bytes
  }

  private struct OpenMessage: ~Copyable {
    let file: FileDescriptor
    /// Bytes.
    let size: Int
  }

  /// Opens a message file; nil where something else has taken its name since it was listed.
  private func openFile(_ folder: Directory, _ name: [UInt8]) throws(SystemError) -> OpenMessage? {
    do throws(SystemError) {
      let file = try folder.open(name)
      let status = try file.status()
      guard status.kind == .file else { return nil }
      return OpenMessage(file: file, size: status.size)
    } catch {
      if error.isOfAnotherKind { return nil }
      throw error
    }
  }
}
