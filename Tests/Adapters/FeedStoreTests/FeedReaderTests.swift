import SpoolLayout
import Alarms
import FeedFixtures
import Foundation
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import FeedStore

@Suite struct FeedReaderTests {
  private func isVoid(_ entry: FeedEntry) -> Bool { if case .void = entry { true } else { false } }
  private func isHappened(_ entry: FeedEntry) -> Bool { if case .happened = entry { true } else { false } }
  private func isDamaged(_ entry: FeedEntry) -> Bool { if case .damaged = entry { true } else { false } }

  /// A text may be as large as `max-size` allows; the file is sparse. Breaks when a reader has a smaller limit than the writer.
  @Test func aMessageThatMayBeSentIsNotDamaged() throws {
    let fixture = try FeedFixture()
    let name = try fixture.put(1)
    try fixture.root.directory.open("outbox/\(name)", .readWrite).truncate(to: SizeLimit.text)
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([name])
    #expect(try FeedReader(root: fixture.root).entry(1) == .pending)
    try fixture.root.directory.rename("outbox/\(name)", to: fixture.root.directory, replacing: "mailboxes/x")
    #expect(isHappened(try FeedReader(root: fixture.root).entry(1)))
  }

  /// Breaks when no more than the front of a file is searched for the fields.
  @Test func aLongHeaderIsReadToItsEnd() throws {
    let fixture = try FeedFixture()
    let name = try fixture.put(1, to: (1...2000).map { "a-recipient-with-a-long-name-\($0)" }, copy: 2000)
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([name])
    try fixture.root.directory.rename("outbox/\(name)", to: fixture.root.directory, replacing: "mailboxes/x")
    guard case .happened(let event) = try FeedReader(root: fixture.root).entry(1) else { return #expect(Bool(false), "not happened") }
    #expect(event.receiver.text == "a-recipient-with-a-long-name-2000")
  }

  /// Breaks when an alarm is raised before the delivery, or for a message that was given back.
  @Test func whereTheMessageIsTellsWhatBecameOfIt() throws {
    let fixture = try FeedFixture()
    let reader = FeedReader(root: fixture.root)
    #expect(try reader.entry(1) == .missing)
    #expect(try reader.head() == nil)
    let name = try fixture.put(1, to: ["bob", "carol"], copy: 2)
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([name])
    #expect(try reader.entry(1) == .pending)
    try fixture.root.directory.rename("outbox/\(name)", to: fixture.root.directory, replacing: "voiding/\(name)")
    #expect(isVoid(try reader.entry(1)))
    try fixture.root.directory.rename("voiding/\(name)", to: fixture.root.directory, replacing: "failed/\(name)")
    #expect(isVoid(try reader.entry(1)))
    try fixture.root.directory.rename("failed/\(name)", to: fixture.root.directory, replacing: "mailboxes/x")
    guard case .happened(let event) = try reader.entry(1) else { return #expect(Bool(false), "not happened") }
    #expect(event.receiver.text == "carol")
    #expect(event.copy == 2)
    #expect(event.subject == "제목 1")
    // The receiver deletes at once: the text is still there for the hook.
    try fixture.root.directory.remove("mailboxes/x")
    #expect(try reader.text(of: event) == Array("hello\n".utf8))
    #expect(try reader.head() == 1)
  }

  /// Breaks when a later message with the same id makes an old event look as if it had not happened.
  @Test func aLaterMessageWithTheSameIdIsAnotherOne() throws {
    let fixture = try FeedFixture()
    let name = try fixture.put(1)
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([name])
    try fixture.root.directory.rename("outbox/\(name)", to: fixture.root.directory, replacing: "failed/\(name)")
    try fixture.put(1)
    #expect(isVoid(try FeedReader(root: fixture.root).entry(1)))
  }

  /// Breaks when a planted file makes the daemon crash, hang, or take it for an event.
  @Test func alienAndDamagedEntriesAreNoEvents() throws {
    let fixture = try FeedFixture()
    let segment = "feed/000000000001"
    try fixture.folder.write("\(segment)/000000000001", "no message at all")
    try fixture.folder.write("\(segment)/000000000002", "")
    try fixture.folder.write("\(segment)/000000000003/x", "a folder")
    try command("ln", ["-s", "/etc/passwd", fixture.folder.file("\(segment)/000000000004")])
    try command("mkfifo", [fixture.folder.file("\(segment)/000000000005")])
    let whole = String(decoding: try FeedFixture.envelope(1).message(text: []), as: UTF8.self)
    try fixture.folder.write("\(segment)/000000000006", String(whole.prefix(60)))
    try fixture.folder.write("\(segment)/000000000007", whole.replacingOccurrences(of: "X-Msg-Copy: 1/1", with: "X-Msg-Copy: 9/1"))
    let reader = FeedReader(root: fixture.root)
    for sequence in 1...7 { #expect(isDamaged(try reader.entry(sequence)), "\(sequence)") }
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([try fixture.put(1)])
    #expect(try reader.entry(8) == .pending)
  }

  /// Breaks when removed segments are not seen as a gap, or a feed made anew is looked for in its old folder.
  @Test func theFirstEntryThereIs() throws {
    let fixture = try FeedFixture()
    let publisher = FeedPublisher(root: fixture.root, limit: 1)
    for first in stride(from: 1, through: 3000, by: 1000) {
      _ = publisher.publish(try (first..<first + 1000).map { try fixture.put($0) })
    }
    let reader = FeedReader(root: fixture.root)
    #expect(try reader.first(from: 1) == 1025)
    #expect(try reader.first(from: 1500) == 1500)
    #expect(try reader.first(from: 3001) == nil)
    #expect(try reader.head() == 3000)
    try command("rm", ["-r", fixture.folder.file("feed")])
    _ = publisher.publish([try fixture.put(5000)])
    #expect(try reader.first(from: 1) == 1)
    #expect(try reader.entry(1) == .pending)
  }

  /// Breaks when a header longer than one read is taken for damage.
  @Test func aSendToManyIsRead() throws {
    let fixture = try FeedFixture()
    let name = try fixture.put(1, to: (1...2000).map { "receiver-number-\($0)" }, copy: 2000)
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([name])
    try fixture.deliver(name)
    #expect(isHappened(try FeedReader(root: fixture.root).entry(1)))
  }
}
