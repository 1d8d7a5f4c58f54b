import TestSupport
import Testing

/// Recovery is disturbed too: `msg-send --flush` killed at each of its calls, on a spool that a killed send left behind. In the
/// end everything is as after a recovery that nobody disturbed (invariants 1 to 3).
///
/// Deliberate faults that it was seen to find: recovery charges what was not promised, withdraws copy 1 first, or forgets a copy.
@Suite(.serialized) struct RecoveryCrashTests {
  private static let send = FaultyCommand("msg-send", ["--id", "key", "bob,carol", "hi"])
  private static let flush = FaultyCommand("msg-send", ["--flush"])

  private func template() throws -> TestSpool {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob,carol,dave", "earlier"]).status == 0)
    return spool
  }

  /// A spool whose last send was killed on entering a call.
  private func left(at isWanted: (ObservedCall) -> Bool) throws -> TestSpool {
    let spool = try template()
    guard let call = try Self.send.calls(on: spool.copy()).first(where: isWanted) else { throw HarnessFailure("no such call") }
    #expect(try Self.send.run(on: spool, .kill, at: call).status == 137)
    return spool
  }

  private func unpaid() throws -> TestSpool { try left { $0.name == "pwrite64" && $0.line.contains("/pay/ledger/") } }
  private func paid() throws -> TestSpool { try left { $0.name == "renameat2" && $0.line.contains("/mailboxes/") } }

  private func killFlushEverywhere(_ spool: TestSpool, delivered: Int, balance: Int) throws {
    let calls = try Self.flush.calls(on: spool.copy())
    #expect(calls.count > 3, "too few calls were seen: \(calls)")
    for call in calls {
      let twin = try spool.copy()
      #expect(try Self.flush.run(on: twin, .kill, at: call).status == 137)
      let after = try Books(recovering: twin)
      #expect(after.delivered == delivered && after.balance == balance && after.events == delivered, "\(after) after \(call)")
    }
  }

  @Test func whatWasNotChargedIsWithdrawn() throws { try killFlushEverywhere(unpaid(), delivered: 3, balance: 97) }
  @Test func whatWasChargedIsDelivered() throws { try killFlushEverywhere(paid(), delivered: 5, balance: 95) }
  @Test func whatWasGivenUpIsGivenBack() throws { try killFlushEverywhere(givenUp(), delivered: 3, balance: 97) }

  /// A spool with a send to two that is charged and given up: a crash came right behind that decision, so the charge stands and
  /// copy 2 has not followed.
  private func givenUp() throws -> TestSpool {
    let spool = try paid()
    let moved = try run("sh", ["-c", "cd '\(spool.path)' && mkdir -p voiding && mv outbox/* voiding/ && mv voiding/*.2 outbox/"])
    #expect(moved.status == 0, "\(moved)")
    #expect(spool.folder.names(in: "spool/outbox").count == 1 && spool.folder.names(in: "spool/voiding").count == 1)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "95\n")
    return spool
  }

  /// The same key again, with the same content or another: the charge of the first is given back, and the second is sent and paid.
  /// The recovery that every send begins with does it; that the send itself looks too is held by `RepeatRaceTests`.
  @Test(arguments: ["hi", "another text"]) func aRepeatFinishesWhatWasGivenUp(text: String) throws {
    let spool = try givenUp()
    let before = try Books(spool)
    let again = try spool.run("msg-send", ["--id", "key", "bob,carol", text])
    #expect(again.status == 0, "\(again)")
    let after = try Books(recovering: spool)
    #expect(after.delivered - before.delivered == 2 && after.balance == before.balance, "two charged, two given back: \(after)")
  }

  /// Recovery gives the charge back, keeps what was not sent, and no alarm tells of it. Breaks when copies without their copy 1 are
  /// taken for foreign files.
  @Test func recoveryEndsWhatWasGivenUp() throws {
    let spool = try givenUp()
    let after = try Books(recovering: spool)
    #expect(after.balance == 97 && after.delivered == 3)
    #expect(spool.folder.names(in: "spool/failed").count { !$0.hasSuffix(".reason") } == 2)
    #expect(spool.folder.names(in: "spool/bad").isEmpty)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try spool.finalLines().count { $0.hasSuffix("- delivered") } == 4)
  }
}
