import Foundation
import SpoolLayout
import TestSupport
import Testing

/// What cannot be read or written at the moment is tried again: no alarm becomes final by it, it is said, and the status tells of it.
@Suite struct PassingTroubleTests {
  private static let log = "echo $MSG_ALARM_SEQ >> $OUT/runs"

  /// `--once` with these system calls failing wherever they concern `path`; that they did fail is a part of the test.
  private func once(_ spool: AlarmSpool, failing calls: String, _ error: String, on path: String) throws -> ToolRun {
    let run = try spool.spool.run(
      "strace",
      [
        "-f", "-qq", "-o", spool.path("strace"), "-P", path, "-e", "trace=\(calls)", "-e", "inject=\(calls):error=\(error)",
        "\(toolFolder)/msg-alarmd", "--once",
      ])
    #expect(try spool.read("strace").contains("(INJECTED)"), "nothing was injected: \(run)")
    return run
  }

  /// Breaks when a hook whose settings cannot be read at the moment is taken for one that must not be run.
  @Test(arguments: [("read", "EIO", true), ("openat,openat2", "EMFILE", false)])
  func settingsOfAHook(calls: String, error: String, isOpen: Bool) throws {
    let spool = try AlarmSpool()
    try spool.hook("mail", Self.log)
    try spool.write("alarms/hooks/mail.conf", "TO=me\n")
    try spool.deliver(1)
    let failed = try once(spool, failing: calls, error, on: isOpen ? spool.path("alarms/hooks/mail.conf") : "mail.conf")
    #expect(failed.status == 74 && failed.errors.contains("mail.conf"), "\(failed)")
    #expect(try spool.history(".state").isEmpty)
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.history(".hook, .kind, .state").sorted() == ["mail arrived delivered", "mail sent delivered"])
  }

  /// Breaks when an event that cannot be read at the moment is void, or keeps those behind it waiting.
  @Test func anEntryOfTheFeed() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    for number in 1...3 { try spool.deliver(number, to: ["bob", "carol"], copy: 2) }
    let entry = spool.path("feed/000000000001/000000000002")
    let failed = try once(spool, failing: "pread64", "EIO", on: entry)
    #expect(failed.status == 75 && failed.errors.contains("000000000002"), "\(failed)")
    #expect(try spool.lines("runs") == ["1", "3"])
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["1", "3", "2"])
    #expect(try spool.history(".state, .redelivered == true") == ["delivered false", "delivered false", "delivered false"])
  }

  /// Breaks when the choices of a receiver count as none while they cannot be read.
  @Test func choicesOfAReceiver() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    _ = try spool.root.ensureFolder(.receivers)
    try spool.write("alarms/users/bob.conf", "kinds = sent\n")
    try spool.deliver(1, to: ["alice", "bob"], copy: 2)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    let failed = try once(spool, failing: "read", "EIO", on: spool.path("alarms/users/bob.conf"))
    #expect(failed.status == 75 && failed.errors.contains("bob.conf"), "\(failed)")
    #expect(try spool.lines("runs") == ["2"])
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs") == ["2"])
    #expect(try spool.history(".receiver, .state").sorted() == ["bob skipped", "carol delivered"])
  }

  /// Breaks when an alarm is dead because its text cannot be read at the moment.
  @Test func theTextOfAMessage() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", Self.log)
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    try FileManager.default.removeItem(atPath: spool.path("mailboxes/carol/new"))
    let failed = try once(spool, failing: "read", "EIO", on: spool.path("feed/000000000001/000000000001"))
    #expect(failed.status == 75, "\(failed)")
    #expect(try spool.history(".state") == ["retrying"])
  }
}
