import Glibc
import SystemCalls

// What the alarm benchmark needs of a spool that is thrown away.
extension ThrowAwaySpool {
  /// A line for the shell.
  func shell(_ line: String) -> Program {
    Program(name: "sh", path: "/bin/sh", arguments: ["-c", line], environment: ["PATH": "/usr/bin:/bin", "MSG_SPOOL": path])
  }

  /// A hook made of a shell script.
  func hook(_ script: String) throws {
    let file = "\(path)/alarms/hooks/log"
    _ = try command("msg-send", ["bob", "begin"], user: "alice").run()
    _ = try shell("umask 022; mkdir -p '\(path)/alarms/hooks' && chmod 700 '\(path)/alarms' '\(path)/alarms/hooks'").run()
    try Directory(opening: "\(path)/alarms/hooks").open("log", .create, mode: 0o755).write(all: Array("#!/bin/sh\n\(script)\n".utf8))
    _ = try shell("chmod 755 '\(file)'").run()
  }

  /// Fills the feed with so many events: links of one delivered message, which differ in nothing but their sequence, would be
  /// one alarm; so each is a copy with an id of its own.
  func fill(_ count: Int) throws {
    let root = try Directory(opening: path)
    guard let first = try root.contents(of: "feed/000000000001/000000000001") else {
      throw BenchmarkFailure(description: "\(path): no event to copy")
    }
    let text = String(decoding: first, as: UTF8.self)
    guard let place = text.firstRange(of: "X-Msg-Id: ") else { throw BenchmarkFailure(description: "\(path): a message without an id") }
    let head = text[..<place.upperBound]
    let tail = text[place.upperBound...].dropFirst(26)
    var next = 3
    while next < 3 + count {
      let segment = (next - 1) / 1024 * 1024 + 1
      let name = twelve(segment)
      _ = try Directory(opening: "\(path)/feed").makeDirectory(name)
      let folder = try Directory(opening: "\(path)/feed/\(name)")
      while next < min(3 + count, segment + 1024) {
        let id = "01" + String(repeating: "0", count: 12) + twelve(next)
        try folder.open(twelve(next), .createExclusively).write(all: Array((head + id + tail).utf8))
        next += 1
      }
    }
  }

  /// How often the hook was called.
  func toldLines() throws -> Int { (try Directory(opening: "\(path)/..").contents(of: "told") ?? []).count { $0 == 10 } }

  private func twelve(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}
