package import SharedKernel

/// What stays of a copy that its receiver removed: its header, without the text, and these times.
package struct RemovedHeader: Hashable, Sendable {
  package let delivered: Timestamp
  /// When it was last marked while it counted as read; nil where it did not.
  package let read: Timestamp?
  package let removed: Timestamp

  package init(delivered: Timestamp, read: Timestamp?, removed: Timestamp) {
    (self.delivered, self.read, self.removed) = (delivered, read, removed)
  }

  /// Nil for the header of a message that was not removed.
  package init?(_ header: HeaderFields) {
    func time(_ name: String) -> Timestamp? { header.text(name).flatMap { Timestamp(rfc3339: $0) } }
    guard let delivered = time("x-msg-delivered"), let removed = time("x-msg-removed") else { return nil }
    self.init(delivered: delivered, read: time("x-msg-read"), removed: removed)
  }

  /// The file that stays of a message file: its header, up to the empty line, and these times.
  package func file(of message: [UInt8]) -> [UInt8] {
    let header = message.prefix(HeaderFields.end(in: message) ?? message.count)
    var lines = ["X-Msg-Delivered: \(delivered.rfc3339)"]
    if let read { lines.append("X-Msg-Read: \(read.rfc3339)") }
    lines.append("X-Msg-Removed: \(removed.rfc3339)")
    return header.dropLast() + Array((lines.joined(separator: "\n") + "\n\n").utf8)
  }
}
