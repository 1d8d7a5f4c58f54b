internal import CSystemShims

/// poll(2): waits until one of the descriptors is readable, closed at its other end or in error, or the time is up, and says which.
/// Nil waits without end. An interrupting signal ends the wait early; the caller's loop goes round.
package func waitForAny(_ descriptors: [Int32], for span: Duration?) throws(SystemError) -> Set<Int32> {
  var requests = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  // Rounded up: a wait that ends too early would make the loop spin.
  let milliseconds = span.map { Int32(clamping: (min(max(0, $0.microsecondsRoundedUp), 1 << 50) + 999) / 1000) } ?? -1
  let count = unsafe poll(&requests, nfds_t(requests.count), milliseconds)
  if count < 0 {
    if Errno.current == .interrupted { return [] }
    throw SystemError(.current, call: "poll", subject: "event loop")
  }
  return Set(requests.filter { $0.revents != 0 }.map { $0.fd })
}
