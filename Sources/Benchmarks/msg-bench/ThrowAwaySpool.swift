import Glibc
import SystemCalls

/// A spool in a folder of its own, which goes with this object, and the tools beside it.
///
/// The tools are copies, as `make install` leaves them: a linker writes its file in pieces, and the page cache then keeps it in
/// small pages, which cost a large program more page faults each time it starts.
final class ThrowAwaySpool {
  let folder: String
  let path: String
  /// The highest number in the feed that `fill` knows of: it begins after a message to two.
  var head = 2

  private static let programs = ["msg-send", "msg-read", "msg-pay", "msg-alarmd", "msg-bench-floor", "msg-bench-bank"]

  /// `tools` is the folder the programs to be measured lie in.
  init(tools: String) throws {
    let parent = CurrentProcess.environment("TMPDIR") ?? "/var/tmp"
    var template = Array("\(parent)/msg-bench.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw BenchmarkFailure(description: "\(parent): no folder can be made there") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = "\(folder)/spool"
    // By cp: what this process held itself would count as the memory of every program it starts.
    for name in ThrowAwaySpool.programs {
      guard unsafe access("\(tools)/\(name)", X_OK) == 0 else {
        throw BenchmarkFailure(description: "\(tools)/\(name) is missing: build everything first")
      }
      _ = try Program(name: "cp", path: "/bin/cp", arguments: ["--reflink=never", "\(tools)/\(name)", "\(folder)/\(name)"]).run()
    }
  }

  deinit { _ = try? Program(name: "rm", path: "/bin/rm", arguments: ["-rf", folder]).run() }

  /// A command on this spool as a user of it gives it.
  func command(_ tool: String, _ arguments: [String], user: String) -> Program {
    Program(name: tool, path: "\(folder)/\(tool)", arguments: arguments, environment: ["MSG_SPOOL": path, "MSG_USER": user])
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
