import JSONText
import TestSupport
import Testing

/// Messages that are paid and not delivered yet.
@Suite struct PaidAndWaitingTests {
  /// A promised message whose gateway did not answer, so that it waits, with its payment in doubt, for a later try.
  private func inDoubt() throws -> (GatewaySpool, String) {
    let gateway = try GatewaySpool(script: "[ -e \"$0.up\" ] || exit 1; exec $bank \"$@\"")
    let id = try #require(try gateway.send("--queue", "--print-id", "bob", "hi").lines.first)
    #expect(gateway.spool.folder.names(in: "spool/deferred/messages") == [id])
    return (gateway, id)
  }

  /// The same, paid by a person's word, with a file where bob's mailbox is to be made.
  private func undeliverable() throws -> (GatewaySpool, String) {
    let (gateway, id) = try inDoubt()
    try gateway.spool.folder.write("spool/mailboxes/bob", "")
    let settled = try gateway.pay("settle", id, "--charged", "R1")
    #expect(settled.status == 0 && settled.errors.contains("bob"), "\(settled)")
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("charged "))
    return (gateway, id)
  }

  private func state(_ gateway: GatewaySpool, _ id: String) throws -> String? {
    let status = try gateway.send("--status", id, "--json")
    #expect(status.status == 0, "\(status)")
    return try status.objects().first?["state"]?.string
  }

  /// Breaks when a person's "charged" leaves a message to its next try, which may be an hour away.
  @Test func whatIsSettledAsChargedIsDelivered() throws {
    let (gateway, id) = try inDoubt()
    let settled = try gateway.pay("settle", id, "--charged", "R1")
    #expect(settled.status == 0 && settled.errors.isEmpty, "\(settled)")
    #expect(gateway.delivered() == 1)
    #expect(try state(gateway, id) == "delivered")
    #expect(try gateway.send("--flush", "--all").status == 0)
    #expect(gateway.delivered() == 1)
  }

  /// Breaks when a message that could not be delivered when it was settled is not tried by the next flush.
  @Test func whatIsPaidIsDeliveredByTheNextFlush() throws {
    let (gateway, _) = try undeliverable()
    #expect(try run("rm", ["\(gateway.spool.path)/mailboxes/bob"]).status == 0)
    #expect(try gateway.send("--flush").status == 0)
    #expect(gateway.delivered() == 1)
  }

  /// Breaks when the money of a message that waits is given back and the message stays: it would be delivered for nothing.
  @Test func aRefundIsOfADeliveredMessage() throws {
    let (gateway, id) = try undeliverable()
    for words in [["refund", id], ["void", "--id", id]] {
      let refused = try gateway.spool.run("msg-pay", words)
      #expect(refused.status == 65 && refused.errors.contains("is paid and not delivered yet"), "\(refused)")
      #expect(refused.errors.contains("'msg-send --cancel \(id)'") && refused.errors.contains("nothing was given back"), "\(refused)")
    }
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("charged "))
    #expect(try run("rm", ["\(gateway.spool.path)/mailboxes/bob"]).status == 0)
    #expect(try gateway.send("--flush").status == 0)
    try gateway.spool.folder.write("gateway.sh.up", "")
    #expect(try gateway.pay("refund", id).status == 0)
    #expect(gateway.delivered() == 1)
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("refunded "))
    #expect(try gateway.pay("verify").status == 0)
  }

  /// Breaks when a refund does not heed that somebody has the message in hand, who may be about to deliver it or to give it up.
  @Test func whatSomebodyHasInHandIsNotRefundedNow() throws {
    let (gateway, id) = try undeliverable()
    let refused = try run(
      "flock", ["\(gateway.spool.path)/outbox/\(id)", "\(toolFolder)/msg-pay", "--spool", gateway.spool.path, "refund", id])
    #expect(refused.status == 75 && refused.errors.contains("another process is still sending it"), "\(refused)")
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("charged "))
  }

  /// A message whose money was given back, as by a refund that did not see it, and that is found waiting. Breaks when it is delivered, or
  /// told as delivered when it was given up.
  @Test func whatWasGivenBackIsGivenUp() throws {
    let (gateway, id) = try undeliverable()
    let (place, aside) = ("\(gateway.spool.path)/outbox/\(id)", gateway.spool.folder.file("aside"))
    #expect(try run("mv", [place, aside]).status == 0)
    #expect(try run("rm", ["\(gateway.spool.path)/mailboxes/bob"]).status == 0)
    try gateway.spool.folder.write("gateway.sh.up", "")
    #expect(try gateway.pay("refund", id).status == 0)
    #expect(try run("mv", [aside, place]).status == 0)
    let flushed = try gateway.send("--flush")
    #expect(flushed.status == 0 && flushed.errors.contains("its charge was given back, so it was given up"), "\(flushed)")
    #expect(gateway.delivered() == 0)
    #expect(try state(gateway, id) == "voided")
    #expect(try gateway.pay("doubt").status == 1)
  }

  /// Breaks when a message that is paid and cannot be delivered can neither be cancelled nor refunded, or is charged when it was.
  @Test func aPaidOneIsCancelledWithItsMoney() throws {
    let (gateway, id) = try undeliverable()
    #expect(try gateway.send("--cancel", id).status == 0)
    #expect(try run("rm", ["\(gateway.spool.path)/mailboxes/bob"]).status == 0)
    #expect(try state(gateway, id) == "cancelled")
    #expect(try gateway.pay("refund", id).status == 65)
    try gateway.spool.folder.write("gateway.sh.up", "")
    #expect(try gateway.send("--flush", "--all").status == 0)
    #expect(try state(gateway, id) == "cancelled")
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("voided "))
    #expect(try gateway.pay("doubt").status == 1)
    #expect(gateway.spool.folder.names(in: "spool/failed").contains(id))
  }
}
