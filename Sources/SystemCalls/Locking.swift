internal import CSystemShims
internal import Glibc

/// How long a caller is willing to wait for a lock.
package enum LockWait: Sendable {
  case never
  case until(Deadline)
  case forever
}

extension FileDescriptor {
  package enum LockKind: Sendable { case shared, exclusive }

  /// flock(2). False when the wait ran out with the lock held by somebody else.
  ///
  /// The timed wait blocks in the kernel, so waiters are served in order, and a timer interrupts it at the deadline.
  package func lock(_ kind: LockKind, wait: LockWait) throws(SystemError) -> Bool {
    let operation = kind == .shared ? LOCK_SH : LOCK_EX
    if flock(raw, operation | LOCK_NB) == 0 { return true }
    guard Errno.current == .wouldBlock || Errno.current == .interrupted else {
      throw SystemError(.current, call: "flock", subject: path)
    }
    switch wait {
    case .never: return false
    case .forever:
      try check("flock", path) { flock(raw, operation) }
      return true
    case .until(let deadline): return try lock(operation, deadline: deadline)
    }
  }

  private func lock(_ operation: Int32, deadline: Deadline) throws(SystemError) -> Bool {
    let remaining = deadline.remainingMicroseconds
    if remaining <= 0 { return false }
    // The timer repeats, so a signal that comes just before flock blocks is followed by another.
    try check("setitimer", path) { msg_interrupt_after(remaining) }
    defer { _ = msg_interrupt_after(0) }
    while flock(raw, operation) != 0 {
      let code = Errno.current
      guard code == .interrupted else { throw SystemError(code, call: "flock", subject: path) }
      if deadline.remainingMicroseconds <= 0 { return false }
    }
    return true
  }

  /// Gives the lock back before the file is closed.
  package func unlock() throws(SystemError) { try check("flock", path) { flock(raw, LOCK_UN) } }
}
