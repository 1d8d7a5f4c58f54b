import Foundation
import SystemCalls
import TestSupport
import Testing

/// Several daemons of one spool, on hosts that differ in their names.
@Suite struct StandbyTests {
  private static let log = "echo \"$1 $2\" >> $OUT/runs"

  private func host(_ name: String) -> [String] {
    ["/usr/bin/unshare", "--uts", "/bin/sh", "-c", "hostname \(name) && exec \"$@\"", "sh"]
  }

  private func standby(_ spool: AlarmSpool, host name: String) throws -> BackgroundProcess {
    try BackgroundProcess(
      host(name) + ["\(toolFolder)/msg-alarmd", "--standby"],
      environment: ["MSG_SPOOL": spool.spool.path, "PATH": "/usr/bin:/bin", "HOME": "/", "TZ": "UTC"],
      errors: spool.path("tmp/\(name)-errors"))
  }

  /// Breaks when a second daemon disturbs the first, or does not take over when that is killed, or tells an alarm again.
  @Test func aStandbyTakesOver() throws {
    guard try run("unshare", ["--uts", "true"]).status == 0 else { try Requirements.lacks("UTS namespaces") }
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    let first = try RunningDaemon(spool, command: host("web1"))
    let second = try standby(spool, host: "web2")
    try eventually("the second stands by") {
      try spool.lines("tmp/web2-errors") == [
        "msg-alarmd: \(spool.spool.path): standing by; msg-alarmd serves this spool (process \(first.id) on web1)"
      ]
    }
    #expect(try spool.alarmd("status").lines.first == "msg-alarmd: healthy (process \(first.id) on web1)")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try eventually("the first tells it") { try spool.lines("runs") == ["arrived carol"] }
    let killed = Deadline.now
    #expect(try first.end(SIGKILL) == 128 + SIGKILL)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    try eventually("the second tells the next") { try spool.lines("runs") == ["arrived carol", "arrived carol"] }
    #expect(killed.elapsed < .seconds(10))
    let status = try spool.alarmd("status", "--json")
    #expect(try run("jq", ["-r", "\"\\(.pid) \\(.host)\""], input: status.output).output == "\(second.id) web2\n", "\(status)")
    kill(second.id, SIGTERM)
    try eventually("the second ends") { second.status != nil }
    #expect(second.status == 0)
  }

  /// Breaks when a standby cannot be ended, or serves with the settings that were in force when it began to wait.
  @Test func aStandbyEnds() throws {
    let spool = try AlarmSpool()
    let first = try RunningDaemon(spool)
    let (second, third) = (try standby(spool, host: "web2"), try standby(spool, host: "web3"))
    for name in ["web2", "web3"] { try eventually("\(name) stands by") { try !spool.lines("tmp/\(name)-errors").isEmpty } }
    kill(second.id, SIGTERM)
    try eventually("it ends") { second.status != nil }
    #expect(second.status == 0)
    try spool.write("config", "nonsense = 1\n")
    #expect(try first.end(SIGTERM) == 0)
    try eventually("it does not serve") { third.status != nil }
    #expect(third.status == 78)
  }

  @Test(arguments: [["--once", "--standby"], ["status", "--standby"]])
  func contradictions(words: [String]) throws {
    let spool = try AlarmSpool()
    #expect(try spool.spool.run("msg-alarmd", words).status == 64)
  }
}
