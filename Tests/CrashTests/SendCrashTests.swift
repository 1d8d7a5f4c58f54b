import TestSupport
import Testing

/// A send that is killed, or meets an error, at every state-changing system call it makes. Afterwards ordinary commands
/// recover, and the numbered invariants hold: paid exactly when delivered (1, 3), once (2), status 0 only then (4), the
/// event once (6), the book balances (7).
///
/// Deliberate faults that it was seen to find: delivered before charged; a charge behind which an error comes is not given back,
/// or the message withdrawn instead; what was delivered is not taken back; a voided message is filed without its reversal; recovery
/// charges what was not promised, or withdraws what is paid; the event left out, or published a second time by recovery; a
/// withdrawal that forgets copies; a feed that fails and fails the send; a failed fdatasync that is overlooked.
/// What it cannot find is a sync that is left out: only `SystemCallCountTests` sees that.
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
}
