internal import Foundation

/// A program that runs beside a test, such as a server or the daemon, started as a login shell would: no signal blocked or ignored.
/// It is ended when the test lets go of it.
package final class BackgroundProcess {
  package let id: Int32
  private let folder: TemporaryFolder?
  private var ended: Int32?

  /// A program of the system, the leader of a process group that ends with it. `input` is the path of what it reads; what it prints is
  /// kept in files. The environment is as in `run`.
  package init(_ program: String, _ arguments: [String], input: String = "/dev/null", environment: [String: String] = [:]) throws {
    let folder = TemporaryFolder()
    let variables = ["PATH": Requirements.path, "HOME": folder.path, "TZ": "Asia/Seoul"]
      .merging(environment) { $1 }
    id = try spawn(
      ["/usr/bin/env", program] + arguments, environment: variables, input: input, output: folder.file("out"), errors: folder.file("err"),
      ownGroup: true)
    self.folder = folder
  }

  /// `words` begin with the program's path; input comes from that file, output goes to these.
  package init(
    _ words: [String], environment: [String: String], input: String = "/dev/null", output: String = "/dev/null",
    errors: String = "/dev/null"
  ) throws {
    id = try spawn(words, environment: environment, input: input, output: output, errors: errors, ownGroup: false)
    folder = nil
  }

  deinit {
    if folder != nil {
      kill(-id, SIGTERM)
      // Servers that hang, or whose children hang on, are not waited for.
      let deadline = Date(timeIntervalSinceNow: 5)
      while status == nil, Date() < deadline { usleep(10_000) }
      kill(-id, SIGKILL)
    }
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

  /// What it has printed so far, errors last.
  package func printed() throws -> String {
    guard let folder else { return "" }
    return try ["out", "err"].map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file($0))), as: UTF8.self) }.joined()
  }
}

/// Waits up to a minute for a condition, such as a server to be ready.
package func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
  let deadline = Date(timeIntervalSinceNow: 60)
  while try !condition() {
    guard Date() < deadline else { throw HarnessFailure("waited in vain: \(what)") }
    usleep(20_000)
  }
}
