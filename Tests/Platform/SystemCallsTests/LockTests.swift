import SystemCalls
import TestSupport
import Testing

/// Locks with a deadline. A wait that is not interrupted would hang the test run.
@Suite struct LockTests {
  private let folder = TemporaryFolder()

  private func open() throws -> FileDescriptor { try Directory(opening: folder.path).open("lock", .create) }

  @Test func aHeldLockIsWaitedForNoLongerThanAllowed() throws {
    let holder = try open()
    #expect(try holder.lock(.exclusive, wait: .never))
    let waiter = try open()
    #expect(try !waiter.lock(.exclusive, wait: .never))
    let deadline = Deadline.after(.milliseconds(50))
    #expect(try !waiter.lock(.shared, wait: .until(deadline)))
    #expect(deadline.hasPassed)
    #expect(try !waiter.lock(.shared, wait: .until(deadline)))
    try holder.unlock()
    #expect(try waiter.lock(.shared, wait: .until(.after(.seconds(1)))))
  }

  @Test func readersShare() throws {
    let one = try open()
    let other = try open()
    #expect(try one.lock(.shared, wait: .never))
    #expect(try other.lock(.shared, wait: .never))
    #expect(try !other.lock(.exclusive, wait: .never))
  }
}
