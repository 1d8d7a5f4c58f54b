internal import CSystemShims

/// An error number of the operating system (errno(3)).
package struct Errno: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let noEntry = Errno(rawValue: ENOENT)
  package static let exists = Errno(rawValue: EEXIST)
  package static let interrupted = Errno(rawValue: EINTR)
  package static let wouldBlock = Errno(rawValue: EWOULDBLOCK)
  package static let accessDenied = Errno(rawValue: EACCES)
  package static let notPermitted = Errno(rawValue: EPERM)
  package static let readOnly = Errno(rawValue: EROFS)
  package static let noSpace = Errno(rawValue: ENOSPC)
  package static let quotaExceeded = Errno(rawValue: EDQUOT)
  package static let inputOutput = Errno(rawValue: EIO)
  package static let notDirectory = Errno(rawValue: ENOTDIR)
  package static let isDirectory = Errno(rawValue: EISDIR)
  package static let notEmpty = Errno(rawValue: ENOTEMPTY)
  package static let loop = Errno(rawValue: ELOOP)
  package static let leavesDirectory = Errno(rawValue: EXDEV)
  package static let invalid = Errno(rawValue: EINVAL)
  package static let tooManyLinks = Errno(rawValue: EMLINK)
  package static let notSupported = Errno(rawValue: EOPNOTSUPP)
  package static let noSystemCall = Errno(rawValue: ENOSYS)
  package static let noDeviceOrAddress = Errno(rawValue: ENXIO)
  package static let timedOut = Errno(rawValue: ETIMEDOUT)
  package static let tooManyOpen = Errno(rawValue: EMFILE)
  package static let tooManyOpenInAll = Errno(rawValue: ENFILE)
  package static let tooLarge = Errno(rawValue: EFBIG)

  /// The error the last failed call of this thread left.
  static var current: Errno { Errno(rawValue: msg_errno()) }
}

extension Errno: CustomStringConvertible {
  package var description: String { unsafe String(cString: strerror(rawValue)) }
}

/// A failed system call: which one, on what, and why.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  package let code: Errno
  /// The call's name as in section 2 of the manual.
  package let call: String
  /// The path (or other object) the call was about, for a person to read.
  package let subject: String

  package init(_ code: Errno, call: String, subject: String) {
    self.code = code
    self.call = call
    self.subject = subject
  }

  package var description: String { "\(subject): \(call): \(code)" }

  /// Whether something else has the name than what was to be opened: a symbolic link, a directory for a file, a file for a directory, a
  /// socket. A reader of a folder passes over such an entry: it is foreign.
  package var isOfAnotherKind: Bool {
    [.loop, .leavesDirectory, .notDirectory, .isDirectory, .noDeviceOrAddress].contains(code)
  }
}

/// Runs one system call: a negative result becomes a `SystemError`, and an interrupted call is made again.
/// This is the only place that decides about EINTR; the calls that must not be repeated (close, a timed lock) do not come here.
@discardableResult
func check<Result: SignedInteger>(
  _ call: StaticString, _ subject: @autoclosure () -> String, _ body: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = body()
    if result >= 0 { return result }
    let code = Errno.current
    if code == .interrupted { continue }
    throw SystemError(code, call: "\(call)", subject: subject())
  }
}
