import OutboxStore
import Sending
import SharedKernel
import SpoolLayout
import TestSupport
import Testing

/// Files in the outbox that are no message, or not a whole one.
@Suite struct ForeignFileTests {
  private let fixture: OutboxFixture

  init() throws { fixture = try OutboxFixture() }

  @Test func aFileThatIsNoMessageIsDamagedAndKeptInBad() throws {
    let id = OutboxFixture.id("k")
    try fixture.folder.write("outbox/\(id)", "not a message\n")
    guard case .damaged = try fixture.outbox.entry(id, at: .outbox, wait: false) else {
      Issue.record("it was taken for a message")
      return
    }
    try fixture.outbox.setAside(id, at: .outbox)
    #expect(fixture.folder.names(in: "outbox").isEmpty)
    let kept = try #require(fixture.folder.names(in: "bad").first)
    #expect(try kept.hasPrefix("outbox.") && fixture.folder.read("bad/\(kept)") == "not a message\n")
  }

  /// A message under the name of another would be charged and delivered as that other one.
  @Test func aMessageUnderAnotherNameIsDamaged() throws {
    _ = try fixture.accept("k")
    let wrong = OutboxFixture.id("other")
    #expect(try run("mv", [fixture.folder.file("outbox/\(OutboxFixture.id("k"))"), fixture.folder.file("outbox/\(wrong)")]).status == 0)
    guard case .damaged = try fixture.outbox.entry(wrong, at: .outbox, wait: false) else {
      Issue.record("it was taken for the message of that name")
      return
    }
  }

  @Test func aListHasMessagesAloneAndSetsStraysAside() throws {
    _ = try fixture.accept("k", to: ["bob", "carol"])
    let orphan = "\(OutboxFixture.id("orphan")).2"
    for name in ["README", "\(OutboxFixture.id("k")).99999999999999999999", orphan, ".hidden"] {
      try fixture.folder.write("outbox/\(name)", "x\n")
    }
    #expect(try fixture.outbox.messages(at: .outbox, limit: 100) == [OutboxFixture.id("k")])
    #expect(fixture.names("outbox", "k") == [".hidden", "ID", "ID.2"])
    #expect(fixture.folder.names(in: "bad").count == 3)
  }

  /// Further copies follow their copy 1, wherever a crash left it.
  @Test(arguments: ["voiding", "failed"]) func aCopyWhoseLeaderIsVoidedIsFiledAsFailed(place: String) throws {
    _ = try fixture.accept("k", to: ["bob", "carol"])
    let id = OutboxFixture.id("k")
    _ = try fixture.root.ensureFolder(.failed)
    #expect(try run("mv", [fixture.folder.file("outbox/\(id)"), fixture.folder.file("\(place)/\(id)")]).status == 0)
    #expect(try fixture.outbox.messages(at: .outbox, limit: 100).isEmpty)
    #expect(fixture.folder.names(in: "bad").isEmpty)
    #expect(fixture.names("outbox", "k") == (place == "voiding" ? ["ID.2"] : []))
  }
}
