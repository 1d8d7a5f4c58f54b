import Foundation
import Mailbox
import SharedKernel
import SystemCalls
import TestSupport
import Testing
import ViewStore

/// With a view and without, a mailbox reads the same (invariant 5): whatever was done to it, whatever became of the view.
struct EquivalenceTests {
  // Fails when a view says other than the folders: a message lost, doubled, under another number, with other flags or texts.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func whateverHappens(seed: UInt64) throws {
    let mailbox = try MailboxUnderTest(seed: seed)
    try mailbox.deliver(seed % 2 == 0 ? 5 : 600)
    for round in 0..<(seed % 2 == 0 ? 40 : 12) {
      for _ in 0..<(round % 7) { try mailbox.disturb() }
      if round % 11 == 5 { try mailbox.twin() }
      if round % 11 == 8 { mailbox.removeTwin() }
      let with = try MailboxUnderTest.lines(try mailbox.open())
      let without = try MailboxUnderTest.lines(try mailbox.openAnew())
      #expect(with == without, "seed \(seed), round \(round)")
      if with != without { return }
    }
    #expect(!mailbox.folder.names(in: "views").isEmpty, "no view was ever written")
  }

  // Fails when many changes at once, or those that make the view be written anew, are taken in otherwise than few.
  @Test func manyAtOnce() throws {
    let mailbox = try MailboxUnderTest(seed: 99)
    for count in [3, 700, 10] {
      try mailbox.deliver(count)
      for _ in 0..<count { try mailbox.disturb() }
      #expect(try MailboxUnderTest.lines(try mailbox.open()) == MailboxUnderTest.lines(try mailbox.openAnew()))
      #expect(try MailboxUnderTest.lines(try mailbox.open()) == MailboxUnderTest.lines(try mailbox.openAnew()))
    }
  }

  // Fails when a reader that has counted by the head of a file alone goes on with that count although another reader has put other
  // files in its place: it then asks for messages that are not there any more.
  @Test func anotherReaderWritesInBetween() throws {
    let mailbox = try MailboxUnderTest(seed: 7)
    for count in [40, 3] {
      try mailbox.deliver(count)
      try mailbox.rest()
      _ = try MailboxUnderTest.lines(try mailbox.open())
    }
    let first = try mailbox.open()
    #expect(first.counts.total == 43)
    mailbox.removeNewest()
    try mailbox.rest()
    _ = try MailboxUnderTest.lines(try mailbox.open())
    var numbers: [Int] = []
    var all = Selection()
    all.onlyUnread = false
    try Choosing(all, in: first, complete: first.completed) { _ in [] }.each { numbers.append($0.number) }
    #expect(numbers == Array(1...42))
    #expect(throws: Failure.self) { try first.numbers(named: [.number(43)]) }
  }

  // Fails when what is too much for one time is lost, doubled or misplaced: so many new ones, renamed ones or removed ones that they
  // are taken in by and by, or that the view is written anew on the way.
  @Test(arguments: [150, StoredView.batch])
  func byAndBy(batch: Int) throws {
    let mailbox = try MailboxUnderTest(seed: 7)
    try mailbox.deliver(1200)
    for round in 0..<2 {
      #expect(try MailboxUnderTest.lines(try mailbox.open(batch: batch)) == MailboxUnderTest.lines(try mailbox.openAnew()))
      #expect(try MailboxUnderTest.lines(try mailbox.open()) == MailboxUnderTest.lines(try mailbox.openAnew()), "what was written")
      mailbox.flagAll(removingEach: 2 + round)
      try mailbox.deliver(600 * round)
    }
    #expect(try MailboxUnderTest.lines(try mailbox.open(batch: batch)) == MailboxUnderTest.lines(try mailbox.openAnew()))
    // Where the spool is not written to, what is too much for one time goes elsewhere, or is held in memory.
    #expect(try MailboxUnderTest.lines(try mailbox.open(mayWrite: false, batch: batch)) == MailboxUnderTest.lines(try mailbox.openAnew()))
    for file in ["alice", "alice,changes"] { try? FileManager.default.removeItem(atPath: mailbox.folder.file("views/\(file)")) }
    #expect(try MailboxUnderTest.lines(try mailbox.open(mayWrite: false, batch: batch)) == MailboxUnderTest.lines(try mailbox.openAnew()))
    #expect(mailbox.folder.names(in: "views").isEmpty)
  }

  // Fails when a damaged file is believed, or is an error: every byte of head, records and texts counts.
  @Test(arguments: ["alice", "alice,changes"])
  func damage(file: String) throws {
    let mailbox = try MailboxUnderTest(seed: 3)
    try mailbox.deliver(30)
    _ = try MailboxUnderTest.lines(try mailbox.open())
    try mailbox.deliver(5)
    for _ in 0..<10 { try mailbox.disturb() }
    _ = try MailboxUnderTest.lines(try mailbox.open())
    let expected = try MailboxUnderTest.lines(try mailbox.openAnew())
    let url = URL(fileURLWithPath: mailbox.folder.file("views/\(file)"))
    let whole = try Data(contentsOf: url)
    #expect(whole.count > 256)
    var damaged: [Data] = [Data(), whole.prefix(255), whole.prefix(whole.count - 1), whole + [0], Data(count: whole.count)]
    for position in stride(from: 0, to: whole.count, by: 61) {
      var copy = whole
      copy[position] ^= 0x10
      damaged.append(copy)
    }
    var page = whole
    page.replaceSubrange(256..<min(whole.count, 2304), with: Data(count: min(whole.count, 2304) - 256))
    for copy in damaged + [page] {
      try copy.write(to: url)
      let view = try mailbox.open(mayWrite: false)
      #expect(try MailboxUnderTest.lines(view) == expected)
    }
    try FileManager.default.removeItem(at: url)
    #expect(try MailboxUnderTest.lines(try mailbox.open(mayWrite: false)) == expected)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    #expect(try MailboxUnderTest.lines(try mailbox.open()) == expected)
  }

  // Fails when a view of other messages, or of an older state, is mixed with the one that is there.
  @Test func strangersAndOldStates() throws {
    let (mailbox, other) = (try MailboxUnderTest(seed: 4), try MailboxUnderTest(seed: 5))
    for box in [mailbox, other] {
      try box.deliver(40)
      _ = try MailboxUnderTest.lines(try box.open())
      try box.deliver(2)
      _ = try MailboxUnderTest.lines(try box.open())
    }
    let expected = try MailboxUnderTest.lines(try mailbox.openAnew())
    for file in ["alice", "alice,changes"] {
      let mine = try Data(contentsOf: URL(fileURLWithPath: mailbox.folder.file("views/\(file)")))
      let its = try Data(contentsOf: URL(fileURLWithPath: other.folder.file("views/\(file)")))
      try its.write(to: URL(fileURLWithPath: mailbox.folder.file("views/\(file)")))
      #expect(try MailboxUnderTest.lines(try mailbox.open(mayWrite: false)) == expected)
      try mine.write(to: URL(fileURLWithPath: mailbox.folder.file("views/\(file)")))
    }
    let old = try Data(contentsOf: URL(fileURLWithPath: mailbox.folder.file("views/alice,changes")))
    for _ in 0..<5 { try mailbox.disturb() }
    _ = try MailboxUnderTest.lines(try mailbox.open())
    try old.write(to: URL(fileURLWithPath: mailbox.folder.file("views/alice,changes")))
    #expect(try MailboxUnderTest.lines(try mailbox.open()) == MailboxUnderTest.lines(try mailbox.openAnew()))
  }
}

extension MailboxUnderTest {
  /// A reader that has no view and keeps none.
  func openAnew() throws -> Without { Without(mailbox: self) }

  /// The same mailbox read by names and files alone, by the plainest code there is.
  struct Without { let mailbox: MailboxUnderTest }

  static func lines(_ without: Without) throws -> [String] {
    var messages: [String: StoredMessage] = [:]
    for place in StoredMessage.Place.allCases {
      for name in without.mailbox.folder.names(in: "mailboxes/alice/\(place.rawValue)") {
        let path = without.mailbox.folder.file("mailboxes/alice/\(place.rawValue)/\(name)")
        let delivered = name.firstMatch(of: /^(\d+)\.M(\d+)_/).flatMap { match in
          Int64(match.1).flatMap { seconds in Int64(match.2).map { Timestamp(microseconds: seconds * 1_000_000 + $0) } }
        }
        let changed = try FileStatus.atPath(path).map { Timestamp(sinceEpoch: $0.modified) }
        let message = StoredMessage(place: place, name: name, delivered: try #require(delivered ?? changed))
        messages[message.base] = message
      }
    }
    var counts = MailboxCounts()
    var lines: [String] = []
    for (index, message) in messages.values.sorted().enumerated() {
      let path = without.mailbox.folder.file("mailboxes/alice/\(message.place.rawValue)/\(message.name)")
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      let entry = MailboxEntry(number: index + 1, Summary(message, front: bytes, size: bytes.count))
      counts.total += 1
      counts.unread += message.isUnread ? 1 : 0
      counts.flagged += message.flags.contains(.flagged) ? 1 : 0
      var recipients: [String] = []
      entry.eachRecipient { recipients.append(String(decoding: $0, as: UTF8.self)) }
      lines.append("\(index + 1) \(entry.facts) \(MailboxEntry.Field.allCases.map { entry.text($0) }) \(recipients)")
    }
    return lines + ["\(counts) 0"]
  }
}
