import Foundation
import MessageFormat
import OutboxStore
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls
import TestSupport
import Testing

/// A spool with an outbox, as one process sees it; `other()` is a second process.
struct OutboxFixture {
  static let accepted = Timestamp(seconds: 1_790_000_000)

  let folder = TemporaryFolder()
  let root: SpoolRoot
  let outbox: OutboxFiles

  init() throws {
    root = try SpoolRoot(opening: folder.path)
    outbox = try OutboxFiles(root: root, deadline: .now)
  }

  /// The same spool opened once more. Its locks are its own, and it waits for nobody.
  func other() throws -> OutboxFiles { try OutboxFiles(root: SpoolRoot(opening: folder.path), deadline: .now) }

  static func id(_ key: String) -> MessageID { MessageID(hashing: key) }

  /// The copies of one send.
  static func copies(
    _ key: String, to recipients: [String] = ["bob"], isQueued: Bool = false, text: String = "hello\n"
  ) throws -> [OutgoingCopy] {
    let alice = try #require(Name("alice"))
    let names = try recipients.map { try #require(Name($0)) }
    return names.indices.map { index in
      let envelope = Envelope(
        id: id(key), sender: alice, recipients: names, copy: index + 1, subject: "", priority: .normal, date: accepted, dateOffset: .utc,
        price: Amount(clamping: 1), fingerprint: Fingerprint(of: []), isQueued: isQueued, notBefore: nil, host: "here")
      return OutgoingCopy(envelope: envelope, content: envelope.message(text: Array(text.utf8)))
    }
  }

  /// Accepts one send, whose place must be free.
  func accept(_ key: String, to recipients: [String] = ["bob"], isQueued: Bool = false) throws -> any OutboxEntry {
    try #require(try outbox.accept([Self.copies(key, to: recipients, isQueued: isQueued)])[0].get())
  }

  /// Locks a message that must be there.
  func locked(_ key: String, at place: OutboxPlace) throws -> any OutboxEntry {
    // A child that another test is just starting has every lock until it runs its program.
    for _ in 0..<100 {
      if case .locked(let entry) = try outbox.entry(Self.id(key), at: place, wait: false) { return entry }
      usleep(10_000)
    }
    throw HarnessFailure("\(key) is not at \(place), or is locked")
  }

  /// The files in a folder of the spool, with the id of `key` written as `ID`.
  func names(_ name: String, _ key: String) -> [String] {
    folder.names(in: name).map { $0.hasPrefix("\(Self.id(key))") ? "ID\($0.dropFirst("\(Self.id(key))".count))" : $0 }
  }
}
