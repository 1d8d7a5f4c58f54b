internal import Mailbox
internal import MessageFormat
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// The front of a message file: its header and the first words.
struct MessageFront {
  let header: HeaderFields
  /// The subject, else the first words of the text.
  let words: String
}

extension Directory {
  /// Nil where the file is missing, or may not be read.
  func front(of name: String) throws(SystemError) -> MessageFront? {
    let file: FileDescriptor
    do { file = try open(name, .read) } catch {
      if error.code == .noEntry || error.code == .accessDenied || error.isOfAnotherKind { return nil }
      throw error
    }
    let status = try file.status()
    guard status.kind == .file else { return nil }
    let front = try file.read(min(status.size, Summary.frontSize), at: 0)
    let summary = Summary(StoredMessage(place: .new, name: name, delivered: Timestamp(seconds: 0)), front: front, size: status.size)
    return MessageFront(
      header: try file.messageHeader(size: status.size), words: summary.subject.isEmpty ? summary.preview : summary.subject)
  }
}
