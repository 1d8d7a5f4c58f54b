internal import CSystemShims

/// pipe2(2), closed on exec: the reading end, then the writing end. The caller owns both.
func makePipe() throws(SystemError) -> [Int32] {
  var ends: [Int32] = [-1, -1]
  try check("pipe", "pipe") { unsafe msg_pipe(&ends) }
  return ends
}

extension FileDescriptor {
  /// fcntl(2): from here on reading and writing answer EAGAIN instead of waiting.
  package func stopBlocking() throws(SystemError) {
    let flags = try check("fcntl", path) { msg_status_flags(raw) }
    try check("fcntl", path) { msg_set_status_flags(raw, flags | O_NONBLOCK) }
  }
}

/// Lets writing to a pipe without a reader fail with EPIPE instead of ending the process.
package func ignoreBrokenPipes() { msg_ignore_signal(SIGPIPE) }
