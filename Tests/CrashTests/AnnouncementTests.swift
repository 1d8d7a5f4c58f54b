import TestSupport
import Testing

/// From the sender's side to the alarm's: a send is disturbed at each of its calls, and then `msg-alarmd --once` comes by, which
/// also goes on with what was left. Alarms are raised for exactly what is in the mailboxes (invariant 6).
///
/// Deliberate faults that it was seen to find: an entry whose message is still in the outbox counts as an event, and a copy of a
/// send that was given up cannot be told from a delivered one.
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

  /// A living sender has announced its message and not delivered it yet: that is no event so far. Breaks when it is one.
  @Test func nothingIsAlarmedBeforeItHappens() throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob", "earlier"]).status == 0)
    let send = FaultyCommand("msg-send", ["bob", "hi"])
    let delivery = try #require(try send.calls(on: spool.copy()).last { $0.name == "renameat2" && $0.line.contains("/mailboxes/") })
    #expect(try send.run(on: spool, .kill, at: delivery).status == 137)
    let message = try #require(spool.folder.names(in: "spool/outbox").first)
    // Whoever holds the lock is the living sender.
    let early = try spool.run("flock", ["\(spool.path)/outbox/\(message)", "\(toolFolder)/msg-alarmd", "--once"])
    #expect(early.status == 0 && spool.messages(of: "bob").count == 1, "\(early)")
    #expect(try spool.finalLines().count == 2)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    let lines = try spool.finalLines()
    #expect(spool.messages(of: "bob").count == 2 && lines.count == 4 && lines.allSatisfy { $0.hasSuffix("- delivered") }, "\(lines)")
  }
}
