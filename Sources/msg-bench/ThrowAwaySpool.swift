import Glibc
import SystemCalls

/// A spool in a folder of its own, which goes with this object.
final class ThrowAwaySpool {
  private let folder: String
  let path: String
  private let tools: String

  /// `tools` is the folder the measured programs lie in.
  init(tools: String) throws {
    let parent = CurrentProcess.environment("TMPDIR") ?? "/var/tmp"
    var template = Array("\(parent)/msg-bench.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw BenchmarkFailure(description: "\(parent): no folder can be made there") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    (path, self.tools) = ("\(folder)/spool", tools)
  }

  deinit { _ = try? Program(name: "rm", path: "/bin/rm", arguments: ["-rf", folder]).run() }

  /// A command on this spool as a user of it gives it.
  func command(_ tool: String, _ arguments: [String], user: String) -> Program {
    Program(name: tool, path: "\(tools)/\(tool)", arguments: arguments, environment: ["MSG_SPOOL": path, "MSG_USER": user])
  }

  /// How many system calls, and how many of them wait for the disk, one run makes; nil where strace(1) is missing.
  func calls(of program: Program) throws -> (all: Int, syncs: Int)? {
    let strace = "/usr/bin/strace"
    guard unsafe access(strace, X_OK) == 0 else { return nil }
    var traced = program
    traced.arguments = ["-f", "-qq", "-o", "\(folder)/trace", program.path] + program.arguments
    _ = try Program(name: "strace", path: strace, arguments: traced.arguments, environment: program.environment).run()
    guard let bytes = try Directory(opening: folder).contents(of: "trace") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return (lines.count, lines.count { $0.contains(" fsync(") || $0.contains(" fdatasync(") })
  }
}
