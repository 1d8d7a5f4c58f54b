import OutboxStore
import Sending
import SharedKernel
import TestSupport
import Testing

/// Messages that wait, and the marks under which they are found.
@Suite struct DeferralTests {
  private let fixture: OutboxFixture
  private let due = OutboxFixture.accepted.adding(.seconds(60))

  init() throws { fixture = try OutboxFixture() }

  private func deferred(_ key: String, _ deferral: Deferral) throws {
    try fixture.accept(key, to: ["bob", "carol"], isQueued: true).deferMessage(deferral)
  }

  @Test func aWaitingMessageLeavesTheOutboxWithAllItsCopies() throws {
    try deferred("k", .time(due))
    #expect(fixture.names("outbox", "k").isEmpty && fixture.names("deferred/messages", "k") == ["ID", "ID.2"])
    #expect(try fixture.outbox.messages(at: .deferred, limit: 10) == [OutboxFixture.id("k")])
  }

  @Test func aMarkIsDueFromItsSecondOn() throws {
    try deferred("k", .time(due))
    try deferred("later", .time(due.adding(.seconds(3600))))
    #expect(try fixture.outbox.due(at: due.adding(.seconds(-1)), limit: 10).isEmpty)
    #expect(try fixture.outbox.due(at: due, limit: 10).map(\.id) == [OutboxFixture.id("k")])
    let all = try fixture.outbox.due(at: due.adding(.seconds(3600)), limit: 10)
    #expect(all.map(\.id) == [OutboxFixture.id("k"), OutboxFixture.id("later")], "the earliest first")
    #expect(try fixture.outbox.due(at: due.adding(.seconds(3600)), limit: 1).count == 1)
    try fixture.outbox.remove(all[0])
    try fixture.outbox.remove(all[0])
    #expect(try fixture.outbox.due(at: due, limit: 10).isEmpty)
  }

  /// A fraction of a second rounds up: nothing is looked at before its time.
  @Test func aFractionOfASecondRoundsUp() throws {
    try deferred("k", .time(Timestamp(microseconds: due.microseconds + 1)))
    #expect(try fixture.outbox.due(at: due, limit: 10).isEmpty)
    #expect(try fixture.outbox.due(at: due.adding(.seconds(1)), limit: 10).count == 1)
  }

  @Test(arguments: ["alice", "team"]) func whatWaitsForCreditIsFoundByItsAccountTheOldestFirst(account: String) throws {
    let line = CreditLine(sender: try #require(Name("alice")), account: try #require(Name(account)))
    for (key, age) in [("young", 2), ("old", 1)] {
      try deferred(key, .credit(line, since: OutboxFixture.accepted.adding(.seconds(Int64(age))), until: due))
    }
    #expect(try fixture.outbox.creditLines() == [line])
    #expect(try fixture.outbox.waiting(for: line).map(\.id) == [OutboxFixture.id("old"), OutboxFixture.id("young")])
    #expect(try fixture.outbox.due(at: due, limit: 10).count == 2, "in the end each is looked at in any case")
  }

  @Test func aMessageIsScheduledNowInTheSecondThatHasCome() throws {
    try deferred("k", .time(due.adding(.seconds(3600))))
    let now = Timestamp(microseconds: due.microseconds + 999_999)
    let mark = try fixture.outbox.scheduleNow(OutboxFixture.id("k"), at: now)
    #expect(try fixture.outbox.due(at: now, limit: 10) == [mark])
    #expect(try fixture.outbox.timesOfNextTries() == [OutboxFixture.id("k"): due], "the next of several times")
  }

  @Test func requeuingBringsAllCopiesBack() throws {
    try deferred("k", .time(due))
    let entry = try fixture.locked("k", at: .deferred)
    #expect(try entry.requeue())
    #expect(fixture.names("outbox", "k") == ["ID", "ID.2"] && fixture.names("deferred/messages", "k").isEmpty)
    #expect(entry.remaining.map(\.recipient.text) == ["carol", "bob"])
  }

  /// The message under the same key in the outbox is another one: neither takes the other's copies.
  @Test func aMessageIsNotRequeuedOverAnotherOfItsID() throws {
    try deferred("k", .time(due))
    let second = try fixture.accept("k", to: ["bob", "carol"])
    let waiting = try fixture.locked("k", at: .deferred)
    #expect(try waiting.requeue() == false)
    #expect(fixture.names("outbox", "k") == ["ID", "ID.2"] && fixture.names("deferred/messages", "k") == ["ID", "ID.2"])
    try second.withdraw()
    #expect(fixture.names("outbox", "k").isEmpty && fixture.names("deferred/messages", "k") == ["ID", "ID.2"])
  }

  /// A process that is killed while it requeues leaves copy 1 in the outbox and the others where they waited.
  @Test func copiesThatWereLeftWhereTheyWaitedJoinTheirLeader() throws {
    try deferred("k", .time(due))
    let id = OutboxFixture.id("k")
    #expect(try run("mv", [fixture.folder.file("deferred/messages/\(id)"), fixture.folder.file("outbox/\(id)")]).status == 0)
    #expect(try fixture.locked("k", at: .outbox).remaining.count == 2)
    #expect(fixture.names("outbox", "k") == ["ID", "ID.2"])
  }

  @Test func aWaitingMessageCanBeVoided() throws {
    try deferred("k", .time(due))
    let entry = try fixture.locked("k", at: .deferred)
    try entry.moveToVoiding(reason: "cancelled")
    try entry.fileAsFailed()
    #expect(fixture.names("failed", "k") == ["ID", "ID.2", "ID.reason"] && fixture.names("deferred/messages", "k").isEmpty)
  }
}
