internal import CSystemShims

/// A program that goes on when this process ends, under a supervisor that records how it ended. The supervisor is a fork of this
/// process: every lock that is held here stays held until the program has ended, whatever becomes of this process.
package final class SupervisedProgram {
  /// How often a supervisor is looked after on a kernel that does not tell of its end.
  private static let lookInterval = Duration.milliseconds(2)

  private let supervisor: Int32
  private let ending: FileDescriptor?
  private let complaints: FileDescriptor?
  private var hasEnded = false
  /// What kept the supervisor from recording the end of the program; nil where nothing did, and where it was killed.
  package private(set) var failure: Errno?

  /// Bytes that `answer` gets at most.
  package static let longestRecord = 8192

  /// Starts an executable without a shell. When it ends the beginning of what it has printed goes to `answer`, and behind it a line that
  /// tells its end; after `limit`, or 1 MiB, it is ended. `environment` holds `NAME=value` words.
  package init(
    path: String, arguments: [String], environment: [String], answer: borrowing FileDescriptor, limit: Duration
  ) throws(SystemError) {
    let words = CStrings([path] + arguments)
    let settings = CStrings(environment)
    let memory = msg_memory_file()
    complaints = memory >= 0 ? FileDescriptor(owning: memory, path: "standard error of \(path)") : nil
    var child: pid_t = 0
    let failure = unsafe msg_supervise(path, words.list, settings.list, answer.raw, memory, limit.microsecondsRoundedUp / 1000, &child)
    if failure != 0 { throw SystemError(Errno(rawValue: failure), call: "fork", subject: path) }
    supervisor = child
    let descriptor = msg_process_descriptor(child)
    ending = descriptor >= 0 ? FileDescriptor(owning: descriptor, path: "process \(child)") : nil
  }

  /// Waits for the end of the program and of its supervisor; false when the deadline came first. It goes on then.
  package func wait(until deadline: Deadline) throws(SystemError) -> Bool {
    while !hasEnded {
      var status: Int32 = 0
      if try check("waitpid", "process \(supervisor)", { unsafe waitpid(supervisor, &status, WNOHANG) }) != 0 {
        hasEnded = true
        var code: Int32 = 0
        if unsafe msg_exit_code(status, &code) == 1, code != 0 { failure = Errno(rawValue: code) }
        break
      }
      let remaining = deadline.remaining
      if remaining <= .zero { return false }
      switch ending {
      case .some(let descriptor): _ = try waitForAny([descriptor.raw], for: remaining)
      case .none: sleep(for: min(remaining, SupervisedProgram.lookInterval))
      }
    }
    return true
  }

  /// The first bytes of what it has printed on standard error; empty while it runs.
  package func complaint(limit: Int) -> [UInt8] {
    switch complaints {
    case .some(let descriptor): (try? descriptor.read(limit, at: 0)) ?? []
    case .none: []
    }
  }
}

/// Whether this process may execute the file at a path.
package func mayExecute(_ path: String) -> Bool {
  guard let status = try? FileStatus.atPath(path), status.kind == .file else { return false }
  return unsafe msg_may_execute(path) == 1
}
