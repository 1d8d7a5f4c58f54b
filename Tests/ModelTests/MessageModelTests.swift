import TestSupport
import Testing

/// The protocol of a send as a model (`message.pml`), checked over every order of steps, two kills and a power cut by spin(1):
/// what no strace can show, because a killed process leaves what it did not sync, and a power cut does not.
@Suite struct MessageModelTests {
  private static let faults = [
    "NO_OUTBOX_SYNC", "NO_LEDGER_SYNC", "NO_FEED_SYNC", "NO_VOIDING_SYNC", "NO_FOUND_SYNC", "NO_TAKE_BACK_SYNC",
    "DELIVER_FIRST", "LEADER_FIRST", "LINK_LATE", "NO_REVERSAL", "NO_TAKE_BACK",
  ]

  @Test func theProtocolHolds() throws { #expect(try errors(of: "message.pml", []) == 0) }

  /// A model that does not notice these would not notice anything.
  @Test(arguments: faults) func everyFaultIsFound(fault: String) throws {
    #expect(try errors(of: "message.pml", ["-D\(fault)"], isFaulty: true) == 1)
  }
}
