internal import CSystemShims

/// A program of the user's that standard output goes through, a page at a time.
package final class Pager {
  private let id: pid_t

  /// Starts a shell command on the terminal that standard output is now; what is written to descriptor 1 from here on is its
  /// input. `less` is told to end by itself where everything fits on the screen, unless $LESS says otherwise.
  /// A program that is not there, or may not be run, is an error.
  package init(shellCommand: String) throws(SystemError) {
    if let program = Pager.program(of: shellCommand), !Pager.canRun(program) {
      throw SystemError(.noEntry, call: "exec", subject: program)
    }
    let ends = try makePipe()
    let reader = FileDescriptor(owning: ends[0], path: "pipe")
    let writer = FileDescriptor(owning: ends[1], path: "pipe")
    unsafe setenv("LESS", "FRX", 0)
    // What is written is UTF-8, whatever the locale says (cron's says nothing).
    unsafe setenv("LESSCHARSET", "utf-8", 0)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, reader.raw, 0)
    let arguments: [String] = ["sh", "-c", shellCommand]
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, "/bin/sh", &actions, nil, &words, msg_environment())
    if failure != 0 { throw SystemError(Errno(rawValue: failure), call: "exec", subject: "/bin/sh") }
    id = child
    try check("dup2", "standard output") { dup2(writer.raw, 1) }
    // The key that interrupts belongs to the pager now; where it leaves, writing ends this process.
    msg_ignore_signal(SIGINT)
  }

  /// Ends the pager's input and waits until the user has left it.
  package func finish() {
    _ = msg_close(1)
    var status: Int32 = 0
    while unsafe waitpid(id, &status, 0) < 0, Errno.current == .interrupted {}
  }

  /// The command to be used: $PAGER, else `less` where there is one; nil for none, or where that is `cat`.
  package static var preferred: String? {
    if let value = unsafe getenv("PAGER") {
      let command = unsafe String(cString: value)
      return command.isEmpty || command == "cat" ? nil : command
    }
    return canRun("less") ? "less" : nil
  }

  /// The program that a shell command runs; nil where only a shell can tell.
  private static func program(of command: String) -> String? {
    let word = command.split(separator: " ", maxSplits: 1).first ?? ""
    let isPlain = word.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "/._+-".utf8.contains(byte)
    }
    return isPlain && !word.isEmpty ? String(word) : nil
  }

  private static func canRun(_ program: String) -> Bool {
    if program.contains("/") { return unsafe access(program, X_OK) == 0 }
    let folders = (CurrentProcess.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    return folders.contains { unsafe access("\($0)/\(program)", X_OK) == 0 }
  }
}
