internal import CSystemShims

/// The running process: who it is, what it was given, how it ends.
package enum CurrentProcess {
  package static var id: Int32 { getpid() }
  package static var realUserID: UInt32 { getuid() }
  package static var effectiveUserID: UInt32 { geteuid() }

  /// The command line as bytes, without the program's name.
  package static var arguments: [[UInt8]] {
    (1..<max(1, msg_argument_count())).compactMap { index in
      guard let word = unsafe msg_argument(index) else { return nil }
      return unsafe [UInt8](UnsafeRawBufferPointer(start: word, count: strlen(word)))
    }
  }

  /// An environment variable, nil where it is unset, empty or no UTF-8.
  package static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name), let text = unsafe String(validatingCString: value) else { return nil }
    return text.isEmpty ? nil : text
  }

  /// The host's name (gethostname(2)), `localhost` where there is none.
  package static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, 255) == 0 else { return "localhost" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.isEmpty ? "localhost" : name
  }

  /// The absolute path of the working directory.
  package static func workingDirectory() throws(SystemError) -> String {
    guard let path = unsafe getcwd(nil, 0) else { throw SystemError(.current, call: "getcwd", subject: ".") }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Makes descriptors 0 to 2 exist. One that was closed is opened so that using it fails with EBADF:
  /// no file the tool opens later is mistaken for a standard stream, and lost output is noticed.
  package static func guardStandardDescriptors() {
    for (number, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)] where msg_is_open(number) == 0 {
      let opened = unsafe msg_openat(AT_FDCWD, "/dev/null", mode, 0)
      if opened >= 0, opened != number {
        dup2(opened, number)
        close(opened)
      }
    }
  }

  /// The creation mask (umask(2)); modes are given explicitly, so it only keeps others out.
  package static func setCreationMask(_ mask: UInt32) { _ = umask(mask) }

  /// Ends the process at once, buffers and all having been written by then.
  package static func exit(_ status: Int32) -> Never { msg_exit(status) }
}

/// SIGINT, SIGTERM and SIGHUP held back while a step must not be torn apart.
package enum TerminationSignals {
  /// Holds the signals back from here on.
  package static func hold() {
    var set = sigset_t()
    fill(&set)
    unsafe sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// The signal that came while they were held, nil for none.
  package static var pending: Int32? {
    var set = sigset_t()
    guard unsafe sigpending(&set) == 0 else { return nil }
    return [SIGINT, SIGTERM, SIGHUP].first { unsafe sigismember(&set, $0) == 1 }
  }

  /// Lets the signals through again: one that came meanwhile ends the process as if it had just arrived.
  package static func release() {
    var set = sigset_t()
    fill(&set)
    unsafe sigprocmask(SIG_UNBLOCK, &set, nil)
  }

  private static func fill(_ set: inout sigset_t) {
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&set, number) }
  }
}

/// `count` bytes of the kernel's random generator (getrandom(2)).
package func randomBytes(_ count: Int) throws(SystemError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  try check("getrandom", "random generator") { unsafe msg_random(&bytes, count) }
  return bytes
}

/// nanosleep(2), until a signal comes.
package func sleep(for span: Duration) {
  let (seconds, attoseconds) = max(.zero, span).components
  var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  unsafe nanosleep(&time, nil)
}
