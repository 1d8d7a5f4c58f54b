package import SharedKernel
internal import SystemCalls

/// What a tool answers its caller (sysexits.h).
package struct ExitStatus: Hashable, Sendable {
  package let code: Int32
  package init(_ code: Int32) { self.code = code }

  package static let done = ExitStatus(0)
  package static let nothing = ExitStatus(1)

  package init(_ kind: Failure.Kind) {
    code =
      switch kind {
      case .nothing: 1
      case .usage: 64
      case .badData: 65
      case .notFound: 66
      case .noRecipient: 67
      case .unavailable: 69
      case .internalError: 70
      case .cannotCreate: 73
      case .inputOutput: 74
      case .temporary: 75
      case .notPermitted: 77
      case .configuration: 78
      }
  }
}

extension Failure {
  /// Any error as a failure: a system error becomes the kind its code stands for.
  package init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as SystemError: self.init(systemError: error)
    default: self.init(.internalError, "unexpected error: \(error)")
    }
  }

  private init(systemError error: SystemError) {
    let (kind, remedy): (Kind, String) =
      switch error.code {
      case .accessDenied, .notPermitted: (.notPermitted, "check its owner and permissions")
      case .readOnly: (.cannotCreate, "the file system is mounted read-only")
      case .noSpace, .quotaExceeded: (.inputOutput, "make room and try again; what is stored is whole")
      case .noEntry: (.notFound, "it is gone or was never there")
      case .loop, .leavesDirectory:
        (.cannotCreate, "a symbolic link stands where the spool has a directory or file of its own: remove the link")
      case .notDirectory, .isDirectory: (.cannotCreate, "something else has the name; move it away")
      case .inputOutput: (.inputOutput, "check the disk; what is stored is whole")
      default: (.inputOutput, "what is stored is whole")
      }
    self.init(kind, "\(error.subject): \(error.call) failed: \(error.code)", remedy: remedy)
  }
}
