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

  /// Three payments, none of which is answered before all three are asked for. Breaks when a flush asks for one after the other although
  /// the gateway has room for more.
  @Test func aFlushAsksForSeveralAtOnce() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway-slots = 3\ngateway.default.timeout = 30000")
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    for text in ["one", "two", "three"] { #expect(try gateway.send("--queue", "bob", text).status == 0) }
    try gateway.write(
      script: "[ $1 = charge ] && while [ $(grep -c charge \(gateway.log)) -lt 3 ]; do sleep 0.01; done; exec $bank \"$@\"")
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    let flushed = try gateway.send("--flush", "--all")
    #expect(flushed.status == 0 && flushed.errors.isEmpty, "\(flushed)")
    #expect(gateway.calls() == ["charge", "charge", "charge"])
    try gateway.expectSettled(delivered: 3)
  }

  /// Breaks when a flush that is ended leaves processes that go on with what waits, or when it ends in the middle of a message.
  @Test func anEndedFlushEndsAfterTheMessagesInHand() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway-slots = 2\ngateway.default.timeout = 30000")
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    for text in ["one", "two", "three", "four"] { #expect(try gateway.send("--queue", "bob", text).status == 0) }
    let go = gateway.spool.folder.file("go")
    try gateway.write(script: "while [ ! -e \(go) ]; do sleep 0.01; done; exec $bank \"$@\"")
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    // The pipe ends when the last process that writes to it has ended.
    let script = """
      { msg-send --flush --all & flush=$!
      until [ "$(grep -c charge $LOG)" = 2 ]; do sleep 0.01; done
      kill $flush; wait $flush; echo $?; touch $GO; } | cat
      """
    let ended = try run(
      "sh", ["-c", script],
      environment: [
        "PATH": "\(toolFolder):/usr/bin:/bin", "LOG": gateway.log, "GO": go, "MSG_SPOOL": gateway.spool.path, "MSG_USER": "alice",
      ])
    #expect(ended.output == "143\n", "\(ended)")
    #expect(gateway.delivered() == 2 && gateway.calls().count == 2)
    #expect(try gateway.send("--list").lines.count == 2)
    #expect(try gateway.send("--flush", "--all").status == 0)
    try gateway.expectSettled(delivered: 4)
  }

  /// A payment that is to be given back at a gateway. Breaks when somebody who only looks at his mailbox, or the daemon, waits for it.
  @Test func whoeverOnlyLooksAsksNoGateway() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway.default.timeout = 600")
    #expect(try gateway.send("bob", "hi").status == 75)
    #expect(!gateway.spool.folder.names(in: "spool/voiding").isEmpty)
    let before = gateway.calls().count
    #expect(try gateway.spool.run("msg-read", ["--count"], user: "bob").output == "0\n")
    #expect(try gateway.spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(gateway.calls().count == before)
    try gateway.write(script: "exec $bank \"$@\"")
    #expect(try gateway.pay("topup", "alice", "1", "--open").status == 0)
    #expect(gateway.calls().count == before + 1, "whoever deals with payments does")
    try gateway.recover()
    try gateway.expectSettled(delivered: 0)
  }

  /// Breaks when whoever flushes is not told which messages were given up, and each of them.
  @Test func whatIsGivenUpIsTold() throws {
    let gateway = try GatewaySpool(script: "exit 77")
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    var ids: [String] = []
    for number in 1...8 { ids += try gateway.send("--queue", "--print-id", "bob", "number \(number)").lines }
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    let flushed = try gateway.send("--flush", "--all")
    #expect(flushed.status == 0 && flushed.output.isEmpty)
    let told = flushed.errors.split(separator: "\n")
    #expect(told.count == 8 && ids.count == 8, "\(flushed)")
    for id in ids { #expect(told.contains { $0.contains("message \(id) of alice was given up") }, "\(flushed)") }
    try gateway.expectSettled(delivered: 0)
  }

  /// Breaks when a gateway's decline is taken for "not now": unlike credit here, nothing that is done here changes it.
  @Test func aDeclineIsFinal() throws {
    let gateway = try GatewaySpool(bankWith: "price = 101")
    #expect(try gateway.send("--queue", "bob", "hi").status == 77)
    #expect(try gateway.send("--list").output.isEmpty)
    try gateway.expectSettled(delivered: 0)
  }
}
