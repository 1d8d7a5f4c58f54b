internal import Glibc

/// A descriptor that a single-threaded loop waits for.
package struct PollInterest: Hashable, Sendable {
  package enum Readiness: Sendable { case readable, writable }
  package let descriptor: Int32
  package let readiness: Readiness

  package init(_ descriptor: Int32, _ readiness: Readiness) { (self.descriptor, self.readiness) = (descriptor, readiness) }
}

/// poll(2): waits until one of the descriptors is ready, closed at its other end or in error, or the time is up, and says which.
/// Nil waits without end. An interrupting signal ends the wait early; the caller's loop goes round.
package func waitForAny(_ interests: [PollInterest], microseconds: Int64?) throws(SystemError) -> Set<Int32> {
  var requests = interests.map { interest in
    pollfd(fd: interest.descriptor, events: Int16(interest.readiness == .readable ? POLLIN : POLLOUT), revents: 0)
  }
  // Rounded up: a wait that ends too early would make the loop spin.
  let milliseconds = microseconds.map { Int32(clamping: (max(0, $0) + 999) / 1000) } ?? -1
  let count = unsafe poll(&requests, nfds_t(requests.count), milliseconds)
  if count < 0 {
    if Errno.current == .interrupted { return [] }
    throw SystemError(.current, call: "poll", subject: "event loop")
  }
  return Set(requests.filter { $0.revents != 0 }.map(\.fd))
}
