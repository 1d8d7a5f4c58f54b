import Glibc
import SystemCalls

// What the alarm benchmark needs of a spool that is thrown away.
extension ThrowAwaySpool {
  /// Where a hook writes a line each time.
  var told: String { "\(folder)/told" }

  /// A line for the shell.
  func shell(_ line: String) -> Program {
    Program(name: "sh", path: "/bin/sh", arguments: ["-c", line], environment: ["PATH": "/usr/bin:/bin", "MSG_SPOOL": path])
  }

  /// Makes the spool, with one message to two receivers, and a hook of a shell script.
  func hook(_ script: String, config: String) throws {
    _ = try command("msg-send", ["carol,bob", "begin"], user: "alice").run()
    _ = try shell("umask 077; mkdir -p '\(path)/alarms/hooks' '\(path)/alarms/users' && cat > '\(path)/config' <<'.'\n\(config).").run()
    try Directory(opening: "\(path)/alarms/hooks").open("log", .create, mode: 0o755).write(all: Array("#!/bin/sh\n\(script)\n".utf8))
    _ = try shell("chmod 755 '\(path)/alarms/hooks/log'").run()
  }

  /// What a receiver has chosen.
  func choose(_ line: String, for name: String) throws { _ = try shell("echo '\(line)' > '\(path)/alarms/users/\(name).conf'").run() }

  /// Puts so many events at the end of the feed. Links of one delivered message, which differ in nothing but their sequence, would be
  /// one alarm; so each is a copy of the second copy of the first message, which tells its receiver alone, with an id of its own.
  func fill(_ count: Int, to receivers: Int) throws {
    let root = try Directory(opening: path)
    guard let first = try root.contents(of: "feed/000000000001/000000000001") else {
      throw BenchmarkFailure(description: "\(path): no event to copy")
    }
    let text = String(decoding: first, as: UTF8.self)
    guard let place = text.firstRange(of: "X-Msg-Id: "), text.contains("X-Msg-Copy: 2/2") else {
      throw BenchmarkFailure(description: "\(path): another message than expected")
    }
    for next in head + 1...head + count {
      let segment = "feed/\(twelve((next - 1) / 1024 * 1024 + 1))"
      _ = try root.makeDirectory(segment)
      let id = "01" + String(repeating: "0", count: 12) + twelve(next)
      let message = (text[..<place.upperBound] + id + text[place.upperBound...].dropFirst(26))
        .split(separator: "bob", omittingEmptySubsequences: false).joined(separator: "bob\(next % receivers)")
      try root.open("tmp/event", .create).write(all: Array(message.utf8))
      try root.rename("tmp/event", to: root, exclusively: "\(segment)/\(twelve(next))")
    }
    head += count
  }

  /// Up to where the daemon has dealt with everything; 0 before it has said so.
  func cursor() throws -> Int {
    let bytes = try Directory(opening: path).directoryIfPresent("feed/consumers")?.contents(of: "alarmd") ?? []
    return Int(String(decoding: bytes.prefix { $0 != 32 }, as: UTF8.self)) ?? 0
  }

  /// How often the hook was called.
  func toldLines() throws -> Int { (try Directory(opening: folder).contents(of: "told") ?? []).count { $0 == 10 } }

  /// What it said last.
  func lastTold() throws -> String? {
    (try Directory(opening: folder).contents(of: "told")).map { String(decoding: $0, as: UTF8.self) }?
      .split(separator: "\n").last.map(String.init)
  }

  private func twelve(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}
