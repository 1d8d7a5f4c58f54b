import Foundation
import SharedKernel
import TestSupport
import Testing

/// Clocks that are wrong, or are set: libfaketime reaches the debug build, whose programs are dynamic.
@Suite struct ClockTests {
  private static let log = "echo $MSG_ALARM_SEQ >> $OUT/runs"

  /// Breaks when a clock that is set makes alarms wait for years, or for ever, or sends the history where nobody looks.
  @Test(arguments: ["2001-06-01 00:00:00", "2040-06-01 00:00:00"]) func aClockThatIsSetStopsNothing(wrong: String) throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "[ -e $OUT/go ] || exit 75; \(Self.log)")
    try spool.deliver(1, to: ["bob", "carol"], copy: 2)
    let faked = [
      "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "FAKETIME": "@\(wrong)", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    ]
    guard try run("date", ["+%Y"], environment: faked).output.hasPrefix(wrong.prefix(4)) else {
      try Requirements.lacks("libfaketime: apt-get install faketime")
    }
    let once = try run(
      "timeout", ["20", "\(toolFolder)/msg-alarmd", "--once"], environment: faked.merging(["MSG_SPOOL": spool.spool.path]) { $1 })
    #expect(once.status == 75, "\(once)")
    let written = try spool.history(".time")
    #expect(written.first?.hasPrefix(wrong.prefix(4)) == true, "\(written)")
    try spool.write("go", "")
    let daemon = try RunningDaemon(spool)
    try spool.deliver(2, to: ["bob", "carol"], copy: 2)
    // The second of them would pass the first, whose lane waits for its retry.
    if wrong.hasPrefix("2001") {
      try eventually("both are told") { try spool.lines("runs") == ["1", "2"] }
    } else {
      // No wait that was written then is longer than the time after which an alarm is dead.
      let next = try run("jq", ["-r", ".hooks[0].next_try"], input: spool.alarmd("status", "--json").output).lines.first ?? ""
      let limit = SystemNow.timestamp.adding(.seconds(27 * 3600))
      #expect(try #require(Timestamp(rfc3339: next)) < limit, "\(next)")
    }
    #expect(try daemon.end(SIGTERM) == 0)
    // What is written later is read later, whatever the clock says.
    let files = spool.spool.folder.names(in: "spool/alarms/history")
    #expect(files.count == (wrong.hasPrefix("2001") ? 2 : 1), "\(files)")
  }

  /// A clock that is set while the daemon runs. Breaks when a wait then never ends, an event is passed over, or the history can no
  /// longer be read in order.
  @Test func aClockThatIsSetUnderTheDaemonStopsNothing() throws {
    let spool = try AlarmSpool(config: "digest = no\n")
    try spool.hook("log", "[ -e $OUT/go ] || { : > $OUT/go; echo 'retry-after: 1'; exit 75; }; \(Self.log)")
    try spool.write("tmp/clock", "+0\n")
    let daemon = try RunningDaemon(
      spool,
      environment: [
        "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "FAKETIME_TIMESTAMP_FILE": spool.path("tmp/clock"),
        "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
      ])
    for (number, step) in ["+0", "-3d", "+400d", "-400d", "+0"].enumerated() {
      try spool.write("tmp/clock", "\(step)\n")
      try spool.deliver(number + 1, to: ["bob", "carol"], copy: 2)
      try eventually("event \(number + 1) is told, the clock at \(step)") { try spool.lines("runs") == (1...number + 1).map(String.init) }
    }
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.history(".seq, .state") == ["1 retrying", "1 delivered"] + (2...5).map { "\($0) delivered" })
    let years = Set(try spool.history(".time[:4]"))
    #expect(years.count > 1, "the clock was not set: \(years)")
    #expect(try spool.alarmd("--once").status == 0)
    #expect(try spool.lines("runs").count == 5)
  }
}
