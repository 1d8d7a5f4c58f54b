import TestSupport
import Testing

/// A send that is paid at an external gateway as a model (`payment.pml`), checked by spin(1) over every order of late, lost and
/// repeated calls, two kills or a power cut, and a second sender of the same id.
@Suite struct PaymentModelTests {
  private static let faults = [
    "DELIVER_FIRST", "LATE_PENDING", "TIMEOUT_IS_DECLINE", "NO_IDEMPOTENCE", "NO_TOMBSTONE", "VOID_FIRST", "UNKNOWN_IS_NO",
    "REPEATED_IS_FRESH", "STALE_ATTEMPT", "SAME_KEY_AGAIN", "DROP_PENDING", "DECLINE_STAYS_OPEN", "ANY_PAYMENT_COUNTS",
  ]
  private static let missingSyncs = [
    "NO_OUTBOX_SYNC", "NO_PENDING_SYNC", "NO_POST_SYNC", "NO_DECLINE_SYNC", "NO_VOIDING_SYNC", "NO_VOID_SYNC", "NO_WITHDRAW_SYNC",
  ]

  @Test(arguments: [["-DREPEAT", "-DTWO"], ["-DCUT", "-DTWO"], ["-DCUT", "-DREPEAT"], []])
  func theProtocolHolds(options: [String]) throws { #expect(try errors(of: "payment.pml", options) == 0) }

  @Test(arguments: faults) func everyFaultIsFound(fault: String) throws {
    #expect(try errors(of: "payment.pml", ["-DREPEAT", "-D\(fault)"], isFaulty: true) == 1)
  }

  @Test(arguments: missingSyncs) func everyMissingSyncIsFound(fault: String) throws {
    #expect(try errors(of: "payment.pml", ["-DCUT", "-D\(fault)"], isFaulty: true) == 1)
  }
}
