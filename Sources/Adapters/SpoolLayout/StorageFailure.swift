package import SharedKernel
package import SystemCalls

extension SystemError {
  /// Whether the same call may work later although the file is unchanged: a full disk, a failing one, no descriptor
  /// or memory left. What is decided on such an error would be wrong a moment later.
  package var mayPass: Bool {
    switch code {
    case .noEntry, .exists, .accessDenied, .notPermitted, .loop, .leavesDirectory, .notDirectory, .isDirectory, .tooLarge,
      .noDeviceOrAddress:
      false
    default: true
    }
  }
}

/// The value of an expression that makes system calls on the spool; one that fails is a failure of the spool.
package func onSpool<Value: ~Copyable>(_ value: @autoclosure () throws(SystemError) -> Value) throws(Failure) -> Value {
  do throws(SystemError) { return try value() } catch { throw Failure(storage: error) }
}

/// A system error on a file of the cache is like any other damage to it.
@discardableResult
package func usable<Value: ~Copyable>(_ value: @autoclosure () throws(SystemError) -> Value) throws(CacheUnusable) -> Value {
  do throws(SystemError) { return try value() } catch { throw CacheUnusable() }
}

extension Failure {
  /// A failed system call as a failure of the spool: which kind an error number stands for, and what helps.
  /// The one place that decides it; adapters that know better say so before they come here.
  package init(storage error: SystemError) {
    let (kind, remedy): (Kind, String) =
      switch error.code {
      case .accessDenied, .notPermitted: (.notPermitted, "check its owner and permissions")
      case .readOnly: (.cannotCreate, "the file system is mounted read-only")
      case .noSpace, .quotaExceeded: (.inputOutput, "make room and try again, see df and df -i; stored data is intact")
      case .tooManyOpen, .tooManyOpenInAll:
        (.inputOutput, "allow more open files (ulimit -n), or send to fewer at once; stored data is intact")
      case .noEntry: (.notFound, "it is gone or was never there")
      case .loop, .leavesDirectory:
        (.cannotCreate, "a symbolic link stands where the spool has a folder or file of its own: remove the link")
      case .notDirectory, .isDirectory: (.cannotCreate, "something else has the name; move it away")
      case .inputOutput: (.inputOutput, "check the disk; stored data is intact")
      default: (.inputOutput, "stored data is intact")
      }
    self.init(kind, "\(error.subject): \(error.call) failed: \(error.code)", remedy: remedy)
  }
}
