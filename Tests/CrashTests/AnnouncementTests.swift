import TestSupport
import Testing

/// From the sender's side to the alarm's: a send is disturbed at each of its calls, and then `msg-alarmd --once` comes by, which
/// also goes on with what was left. Alarms are raised for exactly what is in the mailboxes (invariant 6).
///
/// Breaks when an entry whose message is still in the outbox counts as an event, when one that was given up does, and when the
/// event comes after the delivery instead of before it.
@Suite struct AnnouncementTests {
  private static let send = FaultyCommand("msg-send", ["bob,carol", "hi"])

  @Test(arguments: [Fault.kill, .error("EIO")])
  func alarmsAreRaisedForWhatWasDelivered(fault: Fault) throws {
    let template = TestSpool()
    #expect(try template.run("msg-send", ["bob,carol", "earlier"]).status == 0)
    let calls = try Self.send.calls(on: template.copy())
    #expect(calls.count > 10)
    for call in calls {
      let spool = try template.copy()
      _ = try Self.send.run(on: spool, fault, at: call)
      if try spool.run("msg-pay", ["verify"]).status != 0 { #expect(try spool.run("msg-pay", ["repair"]).status == 0) }
      let alarmed = try spool.run("msg-alarmd", ["--once"])
      #expect(alarmed.status == 0, "\(fault) at \(call): \(alarmed)")
      let copies = spool.messages(of: "bob").count + spool.messages(of: "carol").count
      #expect(copies == 2 || copies == 4, "\(fault) at \(call): \(copies) copies")
      // One to each receiver, and one to the sender for each send. What the feed could not take is not announced here.
      let lines = try spool.finalLines().filter { $0.hasSuffix("- delivered") }
      let isFeed = fault != .kill && call.line.contains("/spool/feed")
      #expect(lines.count == copies / 2 * 3 || isFeed && lines.count >= 3, "\(fault) at \(call): \(lines)")
      #expect(Set(lines).count == lines.count)
    }
  }
}
