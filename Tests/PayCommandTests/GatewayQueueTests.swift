import TestSupport
import Testing

/// Messages that were promised, and a gateway that cannot be had, answers late, or declines.
@Suite struct GatewayQueueTests {
  /// Breaks when a gateway out of service keeps a promised message from being accepted, or loses it.
  @Test func itWaitsForItsGateway() throws {
    let gateway = try GatewaySpool()
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    #expect(try gateway.send("--queue", "bob", "hi").status == 0)
    #expect(try gateway.send("bob", "hi").status == 69, "not promised")
    #expect(gateway.delivered() == 0)
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    #expect(try gateway.send("--flush", "--all").status == 0)
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when an answer that comes after the sender is gone is not taken, or the charge is made a second time.
  @Test func aLateAnswerDelivers() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway.default.timeout = 300")
    let go = gateway.spool.folder.file("go")
    try gateway.write(script: "[ $1 = charge ] && while [ ! -e \(go) ]; do sleep 0.01; done; exec $bank \"$@\"")
    #expect(try gateway.send("--queue", "--id", "k", "bob", "hi").status == 0)
    #expect(try gateway.pay("doubt").status == 0)
    try gateway.spool.folder.write("go", "")
    for _ in 0..<600 where gateway.delivered() == 0 {
      _ = try gateway.send("--flush", "--all", "--timeout", "20")
      _ = try run("sleep", ["0.02"])
    }
    #expect(gateway.calls().count { $0 == "charge" } == 1, "its answer was there: \(gateway.calls())")
    #expect(try gateway.send("--queue", "--id", "k", "bob", "hi").status == 0)
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when a gateway's decline is taken for "not now": unlike credit here, nothing that is done here changes it.
  @Test func aDeclineIsFinal() throws {
    let gateway = try GatewaySpool(bankWith: "price = 101")
    #expect(try gateway.send("--queue", "bob", "hi").status == 77)
    #expect(try gateway.send("--list").output.isEmpty)
    try gateway.expectSettled(delivered: 0)
  }
}
