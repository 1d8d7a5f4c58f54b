package import SpoolLayout
package import MessageFormat
package import SharedKernel
internal import SystemCalls
package import TestSupport
internal import Testing

/// A spool with an outbox, and messages made by hand in it.
package struct FeedFixture {
  package let folder = TemporaryFolder()
  package let root: SpoolRoot

  package init() throws {
    root = try SpoolRoot(opening: folder.path)
    for name in ["outbox", "tmp", "voiding", "failed", "mailboxes"] { _ = try root.directory.makeDirectory(name) }
  }

  package static func envelope(_ number: Int, to recipients: [String] = ["bob"], copy: Int = 1, priority: Priority = .normal) throws
    -> Envelope
  {
    let sender = try #require(Name("alice"))
    return Envelope(
      id: MessageID(hashing: "message \(number)"), sender: sender, recipients: try recipients.map { try #require(Name($0)) }, copy: copy,
      subject: "제목 \(number)", priority: priority, date: Timestamp(seconds: 1_790_000_000 + Int64(number)),
      dateOffset: UTCOffset(seconds: 32400),
      price: Amount(clamping: 1),
      fingerprint: Fingerprint(of: []), isQueued: false, notBefore: nil, host: "here")
  }

  /// Puts a message into the outbox and says its file's name.
  @discardableResult
  package func put(_ number: Int, to recipients: [String] = ["bob"], copy: Int = 1, text: String = "hello\n") throws -> String {
    let envelope = try FeedFixture.envelope(number, to: recipients, copy: copy)
    let name = copy == 1 ? "\(envelope.id)" : "\(envelope.id).\(copy)"
    let file = try root.directory.open("outbox/\(name)", .createExclusively)
    try file.write(all: envelope.message(text: Array(text.utf8)))
    return name
  }

  /// What delivering does to the outbox file.
  package func deliver(_ name: String) throws {
    try root.directory.rename("outbox/\(name)", to: root.directory, replacing: "mailboxes/\(name)")
  }

  /// The sequences in the feed, ascending.
  package func sequences() -> [Int] {
    folder.names(in: "feed").flatMap { folder.names(in: "feed/\($0)") }.compactMap { Int($0) }.sorted()
  }
}
