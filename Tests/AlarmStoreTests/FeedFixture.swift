import Foundation
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import FeedStore

/// A spool with an outbox, and messages made by hand in it.
struct FeedFixture {
  let folder = TemporaryFolder()
  let root: Directory

  init() throws {
    root = try Directory(opening: folder.path)
    for name in ["outbox", "tmp", "voiding", "failed", "mailboxes"] { _ = try root.makeDirectory(name) }
  }

  static func envelope(_ number: Int, to recipients: [String] = ["bob"], copy: Int = 1, priority: Priority = .normal) throws -> Envelope {
    let sender = try #require(Name("alice"))
    return Envelope(
      id: MessageID(hashing: "message \(number)"), sender: sender, recipients: try recipients.map { try #require(Name($0)) }, copy: copy,
      subject: "제목 \(number)", priority: priority, date: Timestamp(seconds: 1_790_000_000 + Int64(number)), dateOffset: 32400, price: 1,
      fingerprint: Fingerprint(of: []), isQueued: false, notBefore: nil, host: "here")
  }

  /// Puts a message into the outbox and says its file's name.
  @discardableResult
  func put(_ number: Int, to recipients: [String] = ["bob"], copy: Int = 1, text: String = "hello\n") throws -> String {
    let envelope = try FeedFixture.envelope(number, to: recipients, copy: copy)
    let name = copy == 1 ? "\(envelope.id)" : "\(envelope.id).\(copy)"
    let file = try root.open("outbox/\(name)", .createExclusively)
    try file.write(all: envelope.message(text: Array(text.utf8)))
    return name
  }

  /// What delivering does to the outbox file.
  func deliver(_ name: String) throws { try root.rename("outbox/\(name)", to: root, replacing: "mailboxes/\(name)") }

  /// The sequences in the feed, ascending.
  func sequences() -> [Int] {
    folder.names(in: "feed").flatMap { folder.names(in: "feed/\($0)") }.compactMap { Int($0) }.sorted()
  }
}

/// Runs a program that has to succeed.
func command(_ program: String, _ arguments: [String]) throws {
  let end = try run(program, arguments)
  #expect(end.status == 0, "\(program) \(arguments): \(end)")
}
