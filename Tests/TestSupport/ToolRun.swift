internal import Foundation

/// How a program ended and what it printed.
package struct ToolRun: Sendable, CustomStringConvertible {
  /// The exit status, or 128 plus the number of the signal that ended it, as a shell says it.
  package let status: Int32
  package let output: String
  package let errors: String

  package var lines: [String] { output.split(separator: "\n").map(String.init) }
  package var description: String { "status \(status)\nstdout: \(output)\nstderr: \(errors)" }
}

/// Where the four built tools are: beside the test bundle, or in `$MSGSPOOL_TOOLS`.
package let toolFolder: String = {
  if let folder = ProcessInfo.processInfo.environment["MSGSPOOL_TOOLS"] { return folder }
  let bundle = Bundle.allBundles.map(\.bundlePath).first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
  return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
}()

/// Runs a program to its end in a clean environment: `PATH`, `HOME` and `TZ` alone, and what the test adds.
/// A name without a slash that begins with `msg-` is one of the built tools.
package func run(
  _ program: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
) throws -> ToolRun {
  let isOurs = program.hasPrefix("msg-")
  let words = isOurs ? ["\(toolFolder)/\(program)"] + arguments : ["/usr/bin/env", program] + arguments
  let folder = TemporaryFolder()
  // There is no home, and what makes one makes it here.
  let variables = ["PATH": Requirements.path, "HOME": folder.file("home"), "TZ": "Asia/Seoul"].merging(environment) { $1 }
  // Files, not pipes: no output can fill a pipe while the test is not reading it.
  try folder.write("in", input ?? "")
  let status = try spawnAndWait(
    words, environment: variables, input: folder.file("in"), output: folder.file("out"), errors: folder.file("err"))
  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file(name))), as: UTF8.self)
  }
  return ToolRun(status: status, output: try text("out"), errors: try text("err"))
}

/// A throw-away spool that the built tools are driven on.
package struct TestSpool: Sendable {
  package let folder = TemporaryFolder()
  package var path: String { folder.file("spool") }
  package var environment: [String: String] = [:]

  package init(environment: [String: String] = [:]) { self.environment = environment }

  /// Runs one of the tools on the spool as `user`.
  package func run(
    _ tool: String, _ arguments: [String], user: String = "alice", input: String? = nil, environment: [String: String] = [:]
  ) throws -> ToolRun {
    try TestSupport.run(
      tool, arguments, input: input,
      environment: ["MSG_SPOOL": path, "MSG_USER": user].merging(self.environment) { $1 }.merging(environment) { $1 })
  }
}
