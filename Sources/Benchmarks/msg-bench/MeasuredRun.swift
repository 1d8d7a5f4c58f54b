import Glibc
import SystemCalls

/// What one run of a program took.
struct MeasuredRun {
  let nanoseconds: Int64
  /// The most memory it held at a time, in KiB (getrusage(2)); of a pipeline, that of its largest part. What this program itself
  /// holds is counted too where that is more: a child begins with its parent's figure.
  let peak: Int
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}

extension Deadline {
  var nanoseconds: Int64 { reading.nanoseconds }
}

extension Program {
  /// Runs it once in a process group of its own: from before posix_spawn(3) until wait4(2) had it. Nil where it had not ended after
  /// so many seconds and was stopped. Anything but status 0 is a failure.
  func measure(atMost seconds: Int) throws -> MeasuredRun? {
    // That it ended is waited for as a signal, which has to be held back until then.
    var ended = sigset_t()
    unsafe sigemptyset(&ended)
    unsafe sigaddset(&ended, SIGCHLD)
    unsafe sigprocmask(SIG_BLOCK, &ended, nil)
    let start = Deadline.now.nanoseconds
    let child = try self.start(output: "/dev/null")
    var (status, usage) = (Int32(0), rusage())
    var time = timespec(tv_sec: seconds, tv_nsec: 0)
    // A signal of an earlier child may still be there: whether this one has ended is what counts.
    while unsafe wait4(child, &status, WNOHANG, &usage) == 0 {
      if unsafe sigtimedwait(&ended, nil, &time) < 0 && errno == EAGAIN {
        kill(-child, SIGKILL)
        while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return nil
      }
    }
    let end = Deadline.now.nanoseconds
    if status != 0 { throw BenchmarkFailure(description: "\(path) \(arguments.joined(separator: " ")): wait status \(status)") }
    return MeasuredRun(nanoseconds: end - start, peak: usage.ru_maxrss)
  }
}
