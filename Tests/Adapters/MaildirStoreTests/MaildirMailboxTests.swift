import SpoolLayout
import Glibc
import Mailbox
import MaildirStore
import SharedKernel
import SystemCalls
import TestSupport
import Testing

/// The adapter on real folders, with what other programs leave in them.
struct MaildirMailboxTests {
  private let folder = TemporaryFolder()

  private func mailbox() throws -> MaildirMailbox {
    MaildirMailbox(of: try #require(Name("alice")), in: try SpoolRoot(opening: folder.path))
  }

  /// A file of alice's mailbox, as `new/1.a.h`.
  private func write(_ name: String, _ content: String = "Subject: s\n\ntext\n") throws {
    try folder.write("mailboxes/alice/\(name)", content)
  }

  /// What a listing finds: the messages, those in `cur/` last, and how many names are none.
  private func listing(_ mailbox: MaildirMailbox) throws -> (messages: [StoredMessage], foreignEntries: Int) {
    var found: (messages: [StoredMessage], foreignEntries: Int) = ([], 0)
    for place in StoredMessage.Place.allCases {
      try mailbox.eachName(in: place) { name, isMessage in
        guard isMessage else { return found.foreignEntries += 1 }
        var bytes: [UInt8] = []
        for index in 0..<name.count { bytes.append(name[index]) }
        found.messages.append(
          StoredMessage(place: place, nameBytes: bytes, delivered: StoredMessage.delivered(inName: name) ?? Timestamp(seconds: 99)))
      }
    }
    return found
  }

  private func names() -> [String] {
    ["new", "cur"].flatMap { place in folder.names(in: "mailboxes/alice/\(place)").map { "\(place)/\($0)" } }
  }

  // The calls of C, apart from #expect, which cannot look into unsafe expressions.
  private func move(_ name: String, to other: String) -> Bool { unsafe rename(path(name), path(other)) == 0 }
  private func makeLink(at path: String, to target: String) -> Bool { unsafe symlink(target, path) == 0 }
  private func makeFIFO(_ name: String) -> Bool { unsafe mkfifo(path(name), 0o600) == 0 }
  private func erase(_ name: String) -> Bool { unsafe unlink(path(name)) == 0 }
  private func makeUndecodable(in folder: String) -> Bool {
    let name: [CChar] = path(folder).utf8CString.dropLast() + [0x2f, -1, 0]
    let created = unsafe creat(name, 0o600)
    return created >= 0 && close(created) == 0
  }

  private func path(_ name: String) -> String { folder.file("mailboxes/alice/\(name)") }

  // Fails when a folder that copies and clones lose is an error.
  @Test func missingFolders() throws {
    #expect(try listing(mailbox()).messages.isEmpty && mailbox().stamp(of: .new) == nil)
    try write("cur/1.a.h:2,")
    #expect(try listing(mailbox()).messages.map(\.name) == ["1.a.h:2,"] && mailbox().stamp(of: .cur) != nil)
  }

  // Fails when a name that mbsync has added its number to is another message, or marking takes the number away, by which it would
  // synchronise the message as a new one.
  @Test(arguments: [
    ("1.a.h", "1.a.h"), ("1.a.h,U=12", "1.a.h"), ("1.a.h,S=5,U=1", "1.a.h,S=5"), ("1.a.h,U=", "1.a.h,U="), ("1.a.hU=1", "1.a.hU=1"),
    ("1.a.h,U=1,S=2", "1.a.h,U=1,S=2"), ("1.a.h,U=1x", "1.a.h,U=1x"), ("1.5", "1.5"),
  ])
  func numbersOfMbsync(name: String, base: String) throws {
    let message = StoredMessage(place: .cur, name: "\(name):2,", delivered: Timestamp(seconds: 1))
    #expect(message.base == base && message.id == base)
    try write("cur/\(name):2,")
    // It was listed before it was numbered.
    let listed = StoredMessage(place: .new, name: base, delivered: Timestamp(seconds: 1))
    #expect(try mailbox().change(listed, FlagChange(set: [.flagged]))?.name == "\(name):2,F")
    #expect(names() == ["cur/\(name):2,F"])
  }

  // Fails when something that is no message is listed, blocks the reader, or hides a message.
  @Test func foreignEntries() throws {
    try write("new/1.a.h")
    try write("cur/2.b.h:2,S")
    try write("cur/3.c.h")
    try write("cur/.hidden")
    try write("new/sub/4.d.h")
    try write("cur/:2,S")
    try folder.write("outside", "secret")
    #expect(makeFIFO("new/5.fifo.h"))
    #expect(makeLink(at: path("new/6.dangling.h"), to: "/nonexistent"))
    #expect(makeLink(at: path("cur/7.link.h:2,"), to: folder.file("outside")))
    #expect(makeUndecodable(in: "new"))
    try write("new/foreign name")
    let listing = try listing(mailbox())
    #expect(Set(listing.messages.map(\.name)) == ["1.a.h", "2.b.h:2,S", "3.c.h", "foreign name", "\u{fffd}"])
    #expect(listing.foreignEntries == 6)
    let changed = try #require(try mailbox().modified(Array("foreign name".utf8), in: .new))
    #expect(
      abs(changed.since(Timestamp(sinceEpoch: wallClock())).components.seconds) < 600, "what has no time in its name is dated by its file")
  }

  // Fails when a message is lost, or seen twice, that another program renames between the list and the look.
  @Test(arguments: ["cur/1.a.h:2,S", "cur/1.a.h:2,FRS", "cur/1.a.h", "new/1.a.h:2,"])
  func renamedMeanwhile(target: String) throws {
    try write("new/1.a.h", "Subject: kept\n\ntext\n")
    try write("cur/0.z.h:2,S")
    let mailbox = try mailbox()
    let message = try #require(try listing(mailbox).messages.max())
    #expect(move("new/1.a.h", to: target))
    let summary = try #require(try mailbox.summary(of: message))
    #expect(summary.subject == "kept" && "\(summary.message.place)/\(summary.message.name)" == target)
    #expect(try mailbox.contents(of: message) == Array("Subject: kept\n\ntext\n".utf8))
    let flagged = try #require(try mailbox.change(message, FlagChange(set: [.flagged])))
    #expect(flagged.flags.contains(.flagged) && flagged.flags.contains(.seen) == target.contains("S"))
    #expect(names().count == 2 && names().contains("cur/\(flagged.name)"))
    #expect(try mailbox.remove(message) && names() == ["cur/0.z.h:2,S"])
  }

  // Fails when a message that is gone is an error instead of nothing.
  @Test func goneMeanwhile() throws {
    try write("new/1.a.h")
    try write("new/2.b.h")
    try write("new/3.c.h")
    try write("new/4.d.h")
    let mailbox = try mailbox()
    let messages = try listing(mailbox).messages.sorted()
    #expect(erase("new/1.a.h") && erase("new/2.b.h") && erase("new/3.c.h") && erase("new/4.d.h"))
    #expect(makeLink(at: path("new/2.b.h"), to: "/etc/passwd") && makeFIFO("new/3.c.h"))
    try write("new/4.d.h/a folder now")
    for message in messages {
      #expect(try mailbox.summary(of: message) == nil)
      #expect(try mailbox.contents(of: message) == nil)
    }
    #expect(try mailbox.change(messages[0], FlagChange(set: [.seen])) == nil)
    #expect(try mailbox.remove(messages[0]) == false)
  }

  // Fails when a mark loses a flag, is made where nothing changes, or overwrites another file.
  @Test(arguments: [
    ("new/1.a.h", FlagChange(set: [.seen]), "cur/1.a.h:2,S"), ("new/1.a.h", FlagChange(set: [.flagged]), "cur/1.a.h:2,F"),
    ("new/1.a.h", FlagChange(cleared: [.seen]), "new/1.a.h"), ("cur/1.a.h:2,RS", FlagChange(cleared: [.seen]), "cur/1.a.h:2,R"),
    ("cur/1.a.h:2,abS", FlagChange(set: [.flagged]), "cur/1.a.h:2,FSab"), ("cur/1.a.h", FlagChange(set: [.seen]), "cur/1.a.h:2,S"),
    ("cur/1.a.h:2,S", FlagChange(set: [.seen]), "cur/1.a.h:2,S"), ("cur/1.a.h", FlagChange(cleared: [.seen]), "cur/1.a.h"),
    ("new/1.a.h:2,S", FlagChange(set: [.seen]), "cur/1.a.h:2,S"),
  ])
  func marking(before: String, change: FlagChange, after: String) throws {
    try write(before)
    let mailbox = try mailbox()
    let message = try #require(try listing(mailbox).messages.first)
    let changed = try #require(try mailbox.change(message, change))
    #expect(names() == [after] && "\(changed.place)/\(changed.name)" == after)
    #expect(try mailbox.change(message, change) != nil && names() == [after], "doing it again changes nothing")
  }

  // Fails when two files of one message destroy each other.
  @Test func twoFilesOfOneMessage() throws {
    try write("new/1.a.h", "one")
    try write("cur/1.a.h:2,S", "other")
    let stale = StoredMessage(place: .new, name: "1.a.h", delivered: Timestamp(seconds: 1))
    #expect(try mailbox().contents(of: stale) == Array("one".utf8))
    #expect { try mailbox().change(stale, FlagChange(set: [.seen])) } throws: {
      ($0 as? Failure)?.description.contains("there are two files of it: remove one of them") == true
    }
    #expect(try folder.read("mailboxes/alice/new/1.a.h") == "one" && folder.read("mailboxes/alice/cur/1.a.h:2,S") == "other")
  }

  // Fails when a header without end is read whole for a list.
  @Test func endlessHeader() throws {
    try write("new/1.a.h", "Subject: s\nX: " + String(repeating: "x", count: 1 << 20) + "\nFrom: late@x\n\ntext")
    let mailbox = try mailbox()
    let message = try #require(try listing(mailbox).messages.first)
    let summary = try #require(try mailbox.summary(of: message))
    #expect(summary.subject == "s" && summary.sender.isEmpty && summary.size > 1 << 20)
  }

  // Fails when the planted link of a mailbox is followed out of the spool (invariant 8).
  @Test func linkedMailbox() throws {
    try folder.write("elsewhere/new/1.a.h", "secret")
    try folder.write("mailboxes/bob/new/1.a.h", "x")
    #expect(makeLink(at: folder.file("mailboxes/alice"), to: folder.file("elsewhere")))
    #expect { try listing(mailbox()) } throws: {
      ($0 as? Failure)?.message.contains("/alice/new: open failed: Too many levels of symbolic links") == true
    }
    #expect(try MaildirMailbox.users(in: SpoolRoot(opening: folder.path)).map(\.text) == ["bob"])
  }
}
