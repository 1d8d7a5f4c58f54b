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
    if error.code == .tooManyOpen || error.code == .tooManyOpenInAll {
      self.init(storage: error)
      return
    }
    let (kind, remedy): (Kind, String) =
      switch error.code {
      case .accessDenied, .notPermitted: (.notPermitted, "check the owner and permissions of the spool")
      case .readOnly: (.cannotCreate, "the file system is mounted read-only")
      case .noSpace, .quotaExceeded: (.inputOutput, "make room and try again; nothing was charged")
      case .loop, .leavesDirectory: (.cannotCreate, "a symbolic link stands where the ledger is: remove the link")
      case .notDirectory, .isDirectory: (.cannotCreate, "something else has the name: move it away")
      default: (.inputOutput, "check the disk; stored data is intact")
      }
    self.init(kind, "\(error.subject): \(error.call) failed: \(error.code)", remedy: remedy)
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

  /// 75: somebody else has the ledger for longer than the caller can wait.
  static func busy(segment: Int) -> Failure {
    Failure(.temporary, "\(LedgerPaths.segment(segment)): another process holds the ledger", remedy: "try again")
  }
}
