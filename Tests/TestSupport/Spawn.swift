internal import Foundation

/// Starts a program and waits for its end: the exit status, or 128 plus the signal's number.
func spawnAndWait(
  _ words: [String], environment: [String: String], input: String, output: String, errors: String
) throws -> Int32 {
  let child = try spawn(words, environment: environment, input: input, output: output, errors: errors, ownGroup: false)
  var status: Int32 = 0
  while unsafe waitpid(child, &status, 0) < 0 {
    guard errno == EINTR else { throw HarnessFailure("waitpid: \(unsafe String(cString: strerror(errno)))") }
  }
  return exitStatus(status)
}

/// The exit status in what waitpid(2) tells, or 128 plus the signal's number.
func exitStatus(_ status: Int32) -> Int32 { status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f }

/// Starts a program as a login shell would, no signal blocked or ignored. Foundation's Process hands its own blocked signals
/// down, and a child that waits for one then waits for ever. If asked for it leads a process group of its own.
func spawn(
  _ words: [String], environment: [String: String], input: String, output: String, errors: String, ownGroup: Bool
) throws -> pid_t {
  try Requirements.check(words)
  var actions = unsafe posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  unsafe posix_spawn_file_actions_init(&actions)
  unsafe posix_spawnattr_init(&attributes)
  defer {
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
  }
  unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
  unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  var (none, all) = (sigset_t(), sigset_t())
  unsafe sigemptyset(&none)
  unsafe sigfillset(&all)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
  unsafe posix_spawnattr_setsigdefault(&attributes, &all)
  let group: Int32 = ownGroup ? POSIX_SPAWN_SETPGROUP : 0
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
  let argv = unsafe words.map { unsafe strdup($0) } + [nil]
  let envp = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
  defer { unsafe (argv + envp).forEach { unsafe free($0) } }
  var child = pid_t()
  let failure = unsafe posix_spawn(&child, words[0], &actions, &attributes, argv, envp)
  guard failure == 0 else { throw HarnessFailure("cannot start \(words[0]): \(unsafe String(cString: strerror(failure)))") }
  return child
}
