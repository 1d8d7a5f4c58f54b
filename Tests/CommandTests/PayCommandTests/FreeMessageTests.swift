import JSONText
import TestSupport
import Testing

/// Messages that cost nothing, in a spool whose payments go to a gateway.
@Suite struct FreeMessageTests {
  private let gateway: GatewaySpool

  init() throws {
    gateway = try GatewaySpool(script: "exit 1")
    try gateway.configure("gateway = exec \(gateway.spool.folder.file("gateway.sh"))\nprice = 0")
  }

  /// Breaks when a gateway is asked for nothing, or a free message is sent twice, under another's id, or without a record.
  @Test func nobodyIsAskedForNothing() throws {
    for _ in 0..<2 {
      let sent = try gateway.send("--id", "k", "bob", "hi")
      #expect(sent.status == 0 && sent.errors.isEmpty, "\(sent)")
    }
    #expect(try gateway.send("--id", "k", "bob", "other").status == 65)
    #expect(gateway.delivered() == 1 && gateway.calls().isEmpty)
    let history = try gateway.pay("history", "--json").objects()
    #expect(history.map { $0["kind"]?.string } == ["pending", "charge"])
    #expect(history.allSatisfy { $0["amount"]?.integer == 0 && $0["gateway"]?.string == "default" })
    #expect(try gateway.pay("balance").output.isEmpty)
    try gateway.expectSettled(delivered: 1, charged: 0)
  }

  /// Breaks when a free message can be given back twice, or the gateway is asked to give nothing back.
  @Test func nothingIsGivenBackAtOnce() throws {
    let id = try #require(try gateway.send("--print-id", "bob", "hi").lines.first)
    for _ in 0..<2 { #expect(try gateway.pay("refund", id).status == 0) }
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("refunded alice 0 "))
    #expect(gateway.calls().isEmpty)
    try gateway.expectSettled(delivered: 1, charged: 0)
  }

  /// Breaks when a free message waits for a gateway that is left alone, or that is not there.
  @Test func aGatewayOutOfServiceIsNoMatter() throws {
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    #expect(try gateway.send("bob", "hi").status == 0)
    #expect(try gateway.send("--batch", input: "{\"to\":\"bob\",\"text\":\"a\"}\n{\"to\":\"bob\",\"text\":\"b\"}\n").status == 0)
    #expect(try gateway.send("--queue", "bob", "hi").status == 0)
    try gateway.configure("gateway = exec /nonexistent/command\nprice = 0")
    #expect(try gateway.send("bob", "hi").status == 0)
    #expect(gateway.delivered() == 5 && gateway.calls().isEmpty)
  }

  /// Breaks when a bank takes a charge of nothing for one.
  @Test(arguments: ["charge", "status", "void"]) func aBankIsNotAskedForNothing(verb: String) throws {
    #expect(try run("msg-pay", ["--spool", gateway.bank, "gateway", verb, "K", "0", "credit", "alice"]).status == 64)
  }
}
