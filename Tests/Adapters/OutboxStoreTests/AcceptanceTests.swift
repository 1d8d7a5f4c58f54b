import MessageFormat
import OutboxStore
import Sending
import SharedKernel
import TestSupport
import Testing

/// What accepting and withdrawing leave in the spool.
@Suite struct AcceptanceTests {
  private let fixture: OutboxFixture

  init() throws { fixture = try OutboxFixture() }

  @Test func aSendHasOneFileACopyAndOneLock() throws {
    let entry = try fixture.accept("k", to: ["bob", "carol", "dave"])
    #expect(fixture.names("outbox", "k") == ["ID", "ID.2", "ID.3"])
    #expect(entry.remaining.map(\.recipient.text) == ["dave", "carol", "bob"], "copy 1 leads, so it comes last")
    guard case .busy = try fixture.other().entry(OutboxFixture.id("k"), at: .outbox, wait: false) else {
      Issue.record("another process could lock it")
      return
    }
  }

  @Test func theLockEndsWithItsHolder() throws {
    var entry: (any OutboxEntry)? = try fixture.accept("k", to: ["bob", "carol"])
    let remaining = try #require(entry?.remaining)
    entry = nil
    let found = try fixture.locked("k", at: .outbox)
    #expect(found.remaining == remaining && found.envelope.copy == 1 && !found.isWithdrawn)
  }

  /// The exclusive name of copy 1 claims the id.
  @Test func anIDIsClaimedOnce() throws {
    let entry = try fixture.accept("k", to: ["bob", "carol"])
    let answers = try fixture.outbox.accept([
      OutboxFixture.copies("k", to: ["dave", "eve"], text: "another\n"), OutboxFixture.copies("other"),
    ])
    #expect(try answers[0].get() == nil)
    #expect(try answers[1].get() != nil, "one that is refused does not take the others with it")
    #expect(fixture.names("tmp", "k").isEmpty)
    #expect(try fixture.folder.read("outbox/\(OutboxFixture.id("k")).2").contains("hello"))
    #expect(entry.remaining.count == 2)
  }

  /// Breaks when `voiding/` is made only once it is needed: a full disk takes no new folder.
  @Test func wherePaidMessagesAreVoidedIsThereBeforeAnythingIsAccepted() throws {
    _ = try fixture.accept("k")
    #expect(fixture.folder.names(in: ".").contains("voiding"))
  }

  @Test(arguments: [false, true]) func withdrawingLeavesNothing(isQueued: Bool) throws {
    let entry = try fixture.accept("k", to: ["bob", "carol"], isQueued: isQueued)
    try entry.withdraw()
    #expect(entry.isWithdrawn && fixture.names("outbox", "k").isEmpty)
    guard case .absent = try fixture.outbox.entry(OutboxFixture.id("k"), at: .outbox, wait: false) else {
      Issue.record("it is still there")
      return
    }
  }

  /// The sticky bit of copy 1, where neither a removal nor a rename was possible.
  @Test func theMarkOfAWithdrawnMessageIsSeenByOthers() throws {
    _ = try fixture.accept("k")
    #expect(try fixture.locked("k", at: .outbox).isWithdrawn == false)
    #expect(try run("chmod", ["+t", fixture.folder.file("outbox/\(OutboxFixture.id("k"))")]).status == 0)
    #expect(try fixture.locked("k", at: .outbox).isWithdrawn)
  }

  @Test func aVoidedMessageEndsInFailedWithItsReason() throws {
    let entry = try fixture.accept("k", to: ["bob", "carol"])
    try entry.moveToVoiding(reason: "no such luck")
    #expect(entry.isWithdrawn && fixture.names("voiding", "k") == ["ID"] && fixture.names("outbox", "k") == ["ID.2"])
    try entry.fileAsFailed()
    #expect(fixture.names("failed", "k") == ["ID", "ID.2", "ID.reason"])
    #expect(fixture.names("voiding", "k").isEmpty && fixture.names("outbox", "k").isEmpty)
    #expect(try fixture.folder.read("failed/\(OutboxFixture.id("k")).reason") == "no such luck\n")
  }
}
