package import MessageFormat
package import SystemCalls

extension FileDescriptor {
  /// Bytes that hold the header of nearly every message.
  private static let usualHeader = 16384

  /// The header of a message file of `size` bytes. Reads no text, or little of it; what has a larger header than any message is taken as
  /// far as it goes. A zero byte is in no header (RFC 5322, 2.2): behind one is no message, however large the file.
  package borrowing func messageHeader(size: Int) throws(SystemError) -> HeaderFields {
    let front = try read(min(size, FileDescriptor.usualHeader), at: 0)
    let fields = HeaderFields(of: front)
    if fields.bodyStart < front.count || front.count == size || front.contains(0) { return fields }
    return HeaderFields(of: try read(min(size, SizeLimit.header), at: 0))
  }
}

extension Directory {
  /// What the message file of that name says of itself; nil where there is none, or it is no message of ours.
  package func envelope(of name: String) throws(SystemError) -> Envelope? {
    let file: FileDescriptor
    do { file = try open(name, .read) } catch {
      if error.code == .noEntry || error.isOfAnotherKind { return nil }
      throw error
    }
    let status = try file.status()
    return status.kind == .file ? Envelope(try file.messageHeader(size: status.size)) : nil
  }
}
