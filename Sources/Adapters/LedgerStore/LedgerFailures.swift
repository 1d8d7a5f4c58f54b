internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// Runs something that touches the disk; a system error becomes what it means for the ledger.
func onDisk<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
  do throws(SystemError) { return try body() } catch { throw Failure(ledger: error) }
}

extension Failure {
  /// What a failed system call on the ledger means to the caller.
  init(ledger error: SystemError) {
    let what = "\(error.subject): \(error.call) failed: \(error.code)"
    switch error.code {
    case .noSpace, .quotaExceeded:
      self.init(.inputOutput, what, remedy: "make room and try again, see df and df -i; nothing was charged")
    // It was there a moment ago.
    case .noEntry: self.init(.inputOutput, what, remedy: "check the disk; stored data is intact")
    default: self.init(storage: error)
    }
  }

  /// 65: a record is not what was written. `record` counts from 1 in its file.
  static func corrupt(segment: Int, record: Int, _ what: String) -> Failure {
    Failure(
      .badData, "\(LedgerPaths.segment(segment)):record \(record): \(what)",
      remedy: "nothing was changed; see 'msg-pay verify', then 'msg-pay repair'")
  }

  /// 74: an earlier write to the segment may be lost.
  static func poisoned(segment: Int) -> Failure {
    Failure(
      .inputOutput, "\(LedgerPaths.segment(segment)): a write to it could not be made durable",
      remedy: "check the disk, then run 'msg-pay repair'")
  }

  /// 75: another host has appended although this one had the lock.
  static func overtaken(segment: Int) -> Failure {
    Failure(
      .temporary, "\(LedgerPaths.segment(segment)): another host wrote to it, although it was locked here",
      remedy: "nothing was charged; see to the mount of the spool, and try again")
  }

  /// 75: another process has the ledger for longer than the caller can wait.
  static func busy(segment: Int) -> Failure {
    Failure(.temporary, "\(LedgerPaths.segment(segment)): another process holds the ledger", remedy: "try again")
  }
}
