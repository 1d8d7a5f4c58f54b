internal import CSystemShims

/// A fork of this process that does one thing beside it and can be killed at it. It has what is open here; what is to be its own it opens
/// itself. Dropped, it is killed. It runs none of this process's cleanup.
public struct ForkedChild: ~Copyable {
  private let id: pid_t
  private var status: Int32?

  /// Starts a child that does `body` and ends with its result as exit status.
  package init(_ body: () -> Int32) throws(SystemError) {
    let child = try check("fork", "child") { msg_fork_worker() }
    if child == 0 { CurrentProcess.exit(body()) }
    id = child
  }

  deinit { if status == nil { ForkedChild.end(id) } }

  /// Ends it as a crash would (SIGKILL), and returns when it is gone.
  package mutating func kill() {
    guard status == nil else { return }
    ForkedChild.end(id)
    status = -1
  }

  private static func end(_ id: pid_t) {
    _ = msg_kill(id, SIGKILL)
    var status: Int32 = 0
    _ = unsafe waitpid(id, &status, 0)
  }

  /// The exit status; nil when it has not ended by itself until then, -1 when it was killed.
  package mutating func exitStatus(until deadline: Deadline) throws(SystemError) -> Int32? {
    if let status { return status }
    let descriptor = msg_process_descriptor(id)
    let ending = descriptor >= 0 ? FileDescriptor(owning: descriptor, path: "process \(id)") : nil
    while true {
      var raw: Int32 = 0
      let found = try check("waitpid", "process \(id)") { unsafe waitpid(id, &raw, WNOHANG) }
      if found != 0 {
        var code: Int32 = 0
        status = unsafe msg_exit_code(raw, &code) == 1 ? code : -1
        return status
      }
      if deadline.hasPassed { return nil }
      // Without a descriptor (kernels before 5.3) it is asked now and then.
      switch ending {
      case .some(let file): _ = try waitForAny([file.raw], for: deadline.remaining)
      case .none: _ = try waitForAny([], for: min(deadline.remaining, .milliseconds(10)))
      }
    }
  }
}
