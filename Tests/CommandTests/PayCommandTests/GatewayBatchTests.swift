import JSONText
import TestSupport
import Testing

/// Batches whose payments go to a gateway: it takes one payment a call, and each call its time.
@Suite struct GatewayBatchTests {
  private func batch(_ receivers: [String], _ gateway: GatewaySpool, _ options: [String] = []) throws -> (
    status: Int32, answers: [JSONValue]
  ) {
    let lines = receivers.enumerated().map { #"{"to":"\#($1)","text":"number \#($0)"}"# + "\n" }
    let sent = try gateway.spool.run("msg-send", ["-q", "--batch"] + options, input: lines.joined())
    #expect(sent.errors.isEmpty, "\(sent)")
    return (sent.status, try sent.objects())
  }

  /// Three payments, none of which is answered before all three are asked for. Breaks when a batch asks for one after the other, or answers
  /// in another order than it was asked in.
  @Test func messagesForDifferentReceiversArePaidForBesideEachOther() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway-slots = 3\ngateway.default.timeout = 30000")
    try gateway.write(
      script: "[ $1 = charge ] && while [ $(grep -c charge \(gateway.log)) -lt 3 ]; do sleep 0.01; done; exec $bank \"$@\"")
    let receivers = ["bob", "carol,erin", "dave", "frank"]
    let (status, answers) = try batch(receivers, gateway, ["--timeout", "60"])
    #expect(status == 0 && answers.map { $0["state"]?.string } == receivers.map { _ in "delivered" }, "\(answers)")
    #expect(answers.map { $0["line"]?.integer } == [1, 2, 3, 4])
    #expect(answers.map { $0["to"]?.array?.first?.string } == ["bob", "carol", "dave", "frank"])
    #expect(try gateway.charged() == 5)
    try gateway.expectSettled(delivered: 1, charged: 5)
  }

  /// Breaks when those for one receiver are not delivered in their order.
  @Test func messagesForOneReceiverKeepTheirOrder() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway-slots = 4\ngateway.default.timeout = 30000")
    let busy = gateway.spool.folder.file("busy")
    try gateway.write(script: "mkdir \(busy) || touch \(busy)-twice; sleep 0.05; $bank \"$@\"; s=$?; rmdir \(busy); exit $s")
    let (status, _) = try batch(Array(repeating: "bob", count: 6), gateway, ["--timeout", "60"])
    #expect(status == 0)
    #expect(!gateway.spool.folder.names(in: ".").contains("busy-twice"))
    let texts = try gateway.spool.run("msg-read", ["--body", "1-6"], user: "bob").output
    #expect(texts.split(separator: "\n").map(String.init) == (0..<6).map { "number \($0)" })
    try gateway.expectSettled(delivered: 6)
  }

  /// Calls of more than a second each. Breaks when the messages of a batch share one budget of five seconds: the later ones find too
  /// little of it left for a call.
  @Test func eachMessageHasItsOwnBudget() throws {
    let gateway = try GatewaySpool(script: "[ $1 = charge ] && sleep 1.2; exec $bank \"$@\"")
    let (status, answers) = try batch(["bob", "bob", "bob"], gateway)
    #expect(status == 0, "\(answers)")
    try gateway.expectSettled(delivered: 3)
  }

  /// The process of one message is killed while its call is under way. Breaks when its line is answered before it is known what became of
  /// it: 'failed' and then delivered, or accepted and given up.
  @Test(arguments: [[], ["--queue"]])
  func aKilledProcessIsAnsweredForWhenItsMessageIsOver(options: [String]) throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway-slots = 3\ngateway.default.timeout = 15000")
    let once = gateway.spool.folder.file("once")
    // The supervisor's parent is the process of the message.
    try gateway.write(
      script: """
        if [ $1 = charge ] && mkdir \(once) 2> /dev/null; then
          kill -9 $(cut -d' ' -f4 /proc/$PPID/stat); sleep 0.1
        fi
        exec $bank "$@"
        """)
    let (status, answers) = try batch(["bob", "bob2", "bob3"], gateway, ["--timeout", "60"] + options)
    #expect(status == 0 && answers.allSatisfy { $0["state"] == "delivered" }, "\(answers)")
    #expect(try gateway.charged() == 3 && gateway.calls().count { $0 == "charge" } == 3, "\(gateway.calls())")
    #expect(["bob", "bob2", "bob3"].allSatisfy { gateway.delivered(to: $0) == 1 })
    try gateway.expectSettled(delivered: 1, charged: 3)
  }

  /// Breaks when one whose payment is declined takes another with it.
  @Test func eachIsAnsweredForItself() throws {
    let gateway = try GatewaySpool(bankWith: "gateway-slots = 8")
    try gateway.spool.folder.write("bank/config", "opening-credit = 2\n")
    _ = try run("chmod", ["700", gateway.bank])
    let (status, answers) = try batch(["bob", "carol", "dave", "erin"], gateway)
    #expect(status == 77)
    #expect(answers.count { $0["state"] == "delivered" } == 2 && answers.count { $0["payment"] == "declined" } == 2, "\(answers)")
  }
}
