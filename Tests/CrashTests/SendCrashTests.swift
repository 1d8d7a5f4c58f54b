import TestSupport
import Testing

/// A send that is killed, or meets an error, at every state-changing system call it makes. Afterwards ordinary commands
/// recover, and the numbered invariants hold: paid exactly when delivered (1, 3), once (2), status 0 only then (4), the
/// event once (6), the book balances (7).
@Suite(.serialized) struct SendCrashTests {
  private static let single = FaultyCommand("msg-send", ["bob"], input: "저녁 7시에 만나요\n")
  private static let several = FaultyCommand("msg-send", ["--id", "key", "bob,carol,dave", "hi"])

  /// A spool on which everything exists already, so that the calls are those of daily use; without it, the very first send.
  private func seeded() throws -> TestSpool {
    let spool = TestSpool()
    let first = try spool.run("msg-send", ["bob,carol,dave", "earlier"])
    guard first.status == 0 else { throw HarnessFailure("\(first)") }
    return spool
  }

  @Test func killedAtEveryCallOfADailySend() throws { try SendExperiment(Self.single, on: seeded(), copies: 1).killEverywhere() }
  @Test func killedAtEveryCallOfTheFirstSend() throws { try SendExperiment(Self.single, on: TestSpool(), copies: 1).killEverywhere() }
  @Test func killedAtEveryCallOfASendToThree() throws { try SendExperiment(Self.several, on: seeded(), copies: 3).killEverywhere() }

  @Test(arguments: ["EIO", "ENOSPC", "EINTR"])
  func everyCallFails(error: String) throws { try SendExperiment(Self.single, on: seeded(), copies: 1).failEverywhere(error) }

  @Test func everyCallOfASendToThreeFails() throws { try SendExperiment(Self.several, on: seeded(), copies: 3).failEverywhere("EIO") }

  /// A spool with a send to two that is charged and given up: a crash came right behind that decision, so the charge stands and
  /// copy 2 has not followed.
  private func givenUp() throws -> TestSpool {
    let spool = try seeded()
    let command = FaultyCommand("msg-send", ["--id", "key", "bob,carol", "hi"])
    let renames = try command.calls(on: spool.copy()).filter { $0.line.contains("/mailboxes/") && $0.name == "renameat2" }
    guard let delivery = renames.first else { throw HarnessFailure("no delivery was seen") }
    #expect(try command.run(on: spool, .kill, at: delivery).status == 137)
    let moved = try run("sh", ["-c", "cd '\(spool.path)' && mkdir voiding && mv outbox/* voiding/ && mv voiding/*.2 outbox/"])
    #expect(moved.status == 0, "\(moved)")
    #expect(spool.folder.names(in: "spool/outbox").count == 1 && spool.folder.names(in: "spool/voiding").count == 1)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "95\n")
    return spool
  }

  /// The same key again, with the same content or another: the charge of the first is given back, and the second is sent and paid.
  /// Breaks when what stands in `voiding/` is not finished before its key is used again: the repeat then takes the old charge for
  /// a delivery.
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
