internal import Foundation

/// A program that runs beside a test, such as a server, and is ended with all its children when the test lets go of it.
package final class BackgroundProcess {
  private let folder = TemporaryFolder()
  private let child: pid_t

  /// `input` is the path of what it reads; what it prints is kept in files. The environment is as in `run`.
  package init(_ program: String, _ arguments: [String], input: String = "/dev/null", environment: [String: String] = [:]) throws {
    let variables = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder.path, "TZ": "Asia/Seoul"]
      .merging(environment) { $1 }
    child = try spawn(
      ["/usr/bin/env", program] + arguments, environment: variables, input: input, output: folder.file("out"), errors: folder.file("err"),
      ownGroup: true)
  }

  deinit {
    kill(-child, SIGTERM)
    // Servers that hang, or whose children hang on, are not waited for.
    let deadline = Date(timeIntervalSinceNow: 5)
    var status: Int32 = 0
    while unsafe waitpid(child, &status, WNOHANG) == 0, Date() < deadline { usleep(10_000) }
    kill(-child, SIGKILL)
    unsafe waitpid(child, &status, 0)
  }

  /// What it has printed so far, errors last.
  package func printed() throws -> String {
    try ["out", "err"].map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file($0))), as: UTF8.self) }.joined()
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
