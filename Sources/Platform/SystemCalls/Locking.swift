internal import CSystemShims

/// How long a caller is willing to wait for a lock.
package enum LockWait: Sendable {
  case never
  case until(Deadline)
  case forever
}

extension FileDescriptor {
  package enum LockKind: Sendable { case shared, exclusive }

  /// flock(2). False when the wait ran out with the lock held by another process.
  ///
  /// The timed wait blocks in the kernel too, so waiters are served in order.
  package func lock(_ kind: LockKind, wait: LockWait) throws(SystemError) -> Bool {
    let operation = kind == .shared ? LOCK_SH : LOCK_EX
    do {
      try check("flock", path) { flock(raw, operation | LOCK_NB) }
      return true
    } catch {
      if error.code != .wouldBlock { throw error }
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
    let remaining = deadline.remaining
    if remaining <= .zero { return false }
    if msg_lock_within(raw, operation, remaining.microsecondsRoundedUp) == 0 { return true }
    let code = Errno.current
    if code == .timedOut { return false }
    throw SystemError(code, call: "flock", subject: path)
  }

  /// Gives the lock back before the file is closed, so that others need not wait for that. Where it cannot be, closing gives it back: what was
  /// done under the lock stands either way.
  package func unlockEarly() { _ = flock(raw, LOCK_UN) }

  /// Gives the lock back before the file is closed.
  package func unlock() throws(SystemError) { try check("flock", path) { flock(raw, LOCK_UN) } }
}
