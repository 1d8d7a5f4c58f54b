internal import DurableFiles
internal import Sending
package import SharedKernel
package import SpoolDirectory
internal import SystemCalls

/// How long going on with what killed senders left may wait for another process, in microseconds.
private let leftoverPatience: Int64 = 1_000_000

/// Goes on with what killed senders left in the outbox, and says what could not be finished. Every tool does this when it
/// comes by; it costs two looks where there is nothing.
package func recoverLeftovers(of spool: Spool) -> [Failure] {
  do throws(Failure) {
    if try !SpoolServices.hasLeftovers(spool) { return [] }
    // A reader may look at a spool that it must not write to.
    try spool.refuseUnsafeWriting()
    return try SpoolServices(spool: spool, purpose: .writing, deadline: .after(microseconds: leftoverPatience)).dispatcher().recover(
      limit: SpoolServices.recoveryBound)
  } catch { return [error] }
}

extension SpoolServices {
  /// Whether anything stands in the outbox that is not finished.
  package static func hasLeftovers(_ spool: Spool) throws(Failure) -> Bool {
    do throws(SystemError) {
      for place in ["outbox", "voiding"] {
        if let folder = try spool.root.directoryIfPresent(place), try !folder.list(limit: 1).entries.isEmpty { return true }
      }
      return false
    } catch { throw Failure(storage: error) }
  }

  /// Removes what killed writers left in `tmp/`.
  package func removeStrays() throws(Failure) {
    do throws(SystemError) { try spool.removeStrays(now: SystemClock().now()) } catch { throw Failure(storage: error) }
  }
}
