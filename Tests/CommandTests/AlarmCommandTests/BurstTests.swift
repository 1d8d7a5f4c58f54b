import SpoolLayout
import Foundation
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

/// More events at once than the kernel has notices for (16,384 unread).
@Suite struct BurstTests {
  private static let count = 17_000

  /// Writes events of delivered messages to carol to where nobody looks, which takes a while.
  private func prepare(_ numbers: ClosedRange<Int>, in spool: AlarmSpool) throws {
    let (alice, bob, carol) = (try #require(Name("alice")), try #require(Name("bob")), try #require(Name("carol")))
    for number in numbers {
      let envelope = Envelope(
        id: MessageID(hashing: "burst \(number)"), sender: alice, recipients: [bob, carol], copy: 2, subject: "", priority: .normal,
        date: SystemNow.timestamp, dateOffset: .utc, price: Amount(clamping: 1), fingerprint: Fingerprint(of: []), isQueued: false,
        notBefore: nil, host: "here")
      try spool.root.directory.open("tmp/event.\(number)", .createExclusively).write(all: envelope.message(text: Array("\(number)\n".utf8)))
    }
  }

  /// Puts what was prepared into the feed, all within a moment.
  private func announce(_ numbers: ClosedRange<Int>, in spool: AlarmSpool) throws {
    _ = try spool.root.directory.makeDirectory("feed")
    for number in numbers {
      let segment = "feed/\(padded((number - 1) / 1024 * 1024 + 1, 12))"
      _ = try spool.root.directory.makeDirectory(segment)
      try spool.root.directory.rename("tmp/event.\(number)", to: spool.root.directory, exclusively: "\(segment)/\(padded(number, 12))")
    }
  }

  /// Breaks when events that came unnoticed, because there were too many of them, are lost or told out of order.
  @Test func aBurstBeyondTheKernelsNoticesLosesNothing() throws {
    let spool = try AlarmSpool()
    try spool.hook("log", "cat >> $OUT/in; echo \"$1 $MSG_ALARM_SEQ\" >> $OUT/runs")
    try prepare(1...Self.count, in: spool)
    let daemon = try RunningDaemon(spool)
    kill(daemon.id, SIGSTOP)
    try announce(1...Self.count, in: spool)
    // A sender has nothing to do with it.
    #expect(try spool.spool.run("msg-send", ["bob", "meanwhile"], user: "dave").status == 0)
    kill(daemon.id, SIGCONT)
    try eventually("five are told by themselves") { try spool.lines("runs").count == 7 }
    let singles = try spool.lines("runs").filter { !$0.hasSuffix(" \(Self.count + 1)") }
    #expect(singles == (1...5).map { "arrived \($0)" })
    try eventually("the others wait") {
      try run("jq", [".waiting"], input: spool.alarmd("status", "--json").output).lines == ["\(Self.count - 5)"]
    }
    #expect(try daemon.end(SIGTERM) == 0)
    #expect(try spool.alarmd("--once").status == 0)
    let digest = try run(
      "jq", ["-r", "select(.count) | \"\\(.seq) \\(.count) \\(.items | length) \\(.items[999].seq)\""], input: spool.read("in"))
    #expect(digest.lines == ["6 \(Self.count - 5) 1000 \(Self.count)"])
    let told = try spool.history(".seq", ["--to", "carol", "--state", "digested"])
    #expect(told == (6...Self.count).map(String.init))
    #expect(try spool.read("feed/consumers/alarmd").hasPrefix("\(Self.count + 1) "))
  }

  /// Breaks when what came while no daemon ran is lost, told one by one, or told again. As many as fill the feed's segments twenty times.
  @Test func aBacklogOfTwentyThousandIsOneDigest() throws {
    let count = 20_000
    let spool = try AlarmSpool()
    try spool.hook("log", "jq -c '[.kind, .seq, .count]' >> $OUT/runs")
    try prepare(1...count, in: spool)
    try announce(1...count, in: spool)
    #expect(try spool.alarmd("status").lines.contains { $0.hasPrefix("lag: \(count) events") })
    for _ in 1...2 {
      #expect(try spool.alarmd("--once").status == 0)
      #expect(try spool.lines("runs") == ["[\"digest\",1,\(count)]"])
    }
    #expect(try spool.history(".seq", ["--state", "digested"]) == (1...count).map(String.init))
    #expect(try spool.read("feed/consumers/alarmd").hasPrefix("\(count) "))
  }
}
