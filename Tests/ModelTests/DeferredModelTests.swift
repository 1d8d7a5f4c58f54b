import TestSupport
import Testing

/// A message that waits and is taken up (`deferred.pml`), under a power cut that keeps the renames that were not synced in any order.
@Suite struct DeferredModelTests {
  @Test func theProtocolHolds() throws { #expect(try errors(of: "deferred.pml", []) == 0) }

  @Test(arguments: ["NO_TAKE_UP_SYNC", "NO_FOUND_SYNC", "NO_MAILBOX_SYNC"]) func everyFaultIsFound(fault: String) throws {
    #expect(try errors(of: "deferred.pml", ["-D\(fault)"], isFaulty: true) == 1)
  }
}
