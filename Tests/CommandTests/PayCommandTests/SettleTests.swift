import JSONText
import TestSupport
import Testing

/// Payments that only a person can settle.
@Suite struct SettleTests {
  /// A message whose sender was killed by its gateway in the middle of the call, which says nothing ever after.
  private func stuck(charged: Bool) throws -> (GatewaySpool, String) {
    let gateway = try GatewaySpool(
      script: "case $1 in charge) \(charged ? "$bank \"$@\" >/dev/null; " : "")kill -9 $(cut -d' ' -f4 /proc/$PPID/stat);; esac; exit 1")
    #expect(try gateway.send("bob", "hi").status == 137)
    _ = try gateway.send("--flush", "--timeout", "20")
    let doubt = try gateway.pay("doubt", "--json").objects()
    #expect(doubt.count == 1 && doubt.first?["state"]?.string == "pending" && doubt.first?["amount"]?.integer == 1)
    return (gateway, try #require(doubt.first?["id"]?.string))
  }

  /// Breaks when a person's "charged" does not deliver the message.
  @Test func chargedMeansDelivered() throws {
    let (gateway, id) = try stuck(charged: true)
    #expect(try gateway.pay("doubt").output.contains(id))
    let settled = try gateway.pay("settle", id, "--charged", "R7")
    #expect(settled.status == 0 && settled.output.isEmpty && settled.errors.isEmpty, "\(settled)")
    #expect(try gateway.pay("history", "--json").objects().last?["ref"]?.string == "R7")
    #expect(try gateway.pay("settle", id.lowercased(), "--charged", "R7").status == 0, "said again")
    #expect(try gateway.pay("settle", id, "--not-charged").status == 65)
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when a person's "not charged" delivers, or leaves the message.
  @Test func notChargedMeansWithdrawn() throws {
    let (gateway, id) = try stuck(charged: false)
    #expect(try gateway.pay("settle", id, "--not-charged").status == 0)
    try gateway.expectSettled(delivered: 0)
    #expect(try gateway.pay("settle", id, "--charged", "R").status == 65)
  }

  /// Breaks when what the list shows cannot be settled by it, or another payment's key counts as this one's.
  @Test func theKeyThatIsShownIsTaken() throws {
    let (gateway, id) = try stuck(charged: true)
    let key = try #require(try gateway.pay("doubt").output.split(whereSeparator: \.isWhitespace).last.map(String.init))
    #expect(key.hasPrefix("\(id)-"))
    for other in ["\(key)-2", "\(id)-000000000000", "\(id)-"] {
      #expect(try gateway.pay("settle", other, "--charged", "R").status == 66, "\(other)")
    }
    #expect(try gateway.pay("settle", key, "--charged", "R").status == 0)
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when a reversal that no gateway confirms can be ended as charged, or not be ended at all.
  @Test func aReversalIsSettledToo() throws {
    let gateway = try GatewaySpool(script: "exit 1")
    #expect(try gateway.send("bob", "hi").status == 75)
    let id = try #require(try gateway.pay("doubt", "--json").objects().first?["id"]?.string)
    let charged = try gateway.pay("settle", id, "--charged", "R")
    #expect(charged.status == 65 && charged.errors.contains("--not-charged"), "\(charged)")
    #expect(try gateway.pay("settle", id, "--not-charged").status == 0)
    try gateway.expectSettled(delivered: 0)
  }

  @Test(
    arguments: [
      (["settle"], 64), (["settle", "x"], 64), (["settle", "x", "--charged", "R", "--not-charged"], 64),
      (["settle", "x", "--charged", "a b"], 64),
      (["settle", "x", "--not-charged"], 66), (["doubt", "x"], 64),
    ] as [([String], Int32)])
  func whatCannotBeSettled(words: [String], status: Int32) throws {
    let gateway = try GatewaySpool()
    #expect(try gateway.send("bob", "hi").status == 0)
    let run = try gateway.spool.run("msg-pay", words)
    #expect(run.status == status, "\(run)")
  }
}
