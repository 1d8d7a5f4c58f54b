internal import Foundation

/// A program that runs beside a test, started as a login shell would: no signal blocked or ignored.
package final class BackgroundProcess {
  package let id: Int32
  private var ended: Int32?

  /// `words` begin with the program's path; output goes to these files, standard input is empty.
  package init(_ words: [String], environment: [String: String], output: String = "/dev/null", errors: String = "/dev/null") throws {
    id = try spawn(words, environment: environment, input: "/dev/null", output: output, errors: errors)
  }

  deinit {
    guard status == nil else { return }
    kill(id, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
  }

  /// The exit status, or 128 plus the signal's number, once it has ended; nil while it runs.
  package var status: Int32? {
    if ended == nil {
      var status: Int32 = 0
      if unsafe waitpid(id, &status, WNOHANG) == id { ended = exitStatus(status) }
    }
    return ended
  }
}
