import JSONText
import TestSupport
import Testing

/// Sends that are paid at a gateway outside: each kind of answer.
@Suite struct GatewaySendTests {
  /// Breaks when a send through another spool's msg-pay is not silent, or not paid and delivered once.
  @Test func aBankIsAnotherSpool() throws {
    let gateway = try GatewaySpool()
    for _ in 0..<3 {
      let sent = try gateway.send("bob", "hi")
      #expect(sent.status == 0 && sent.output.isEmpty && sent.errors.isEmpty, "\(sent)")
    }
    try gateway.expectSettled(delivered: 3)
    #expect(try gateway.pay("balance").output.isEmpty, "no prepaid account here")
    let history = try gateway.pay("history", "alice", "--json").objects()
    #expect(history.map { $0["kind"]?.string } == ["pending", "charge", "pending", "charge", "pending", "charge"])
    #expect(history.compactMap { $0["amount"]?.integer } == [0, -1, 0, -1, 0, -1])
    let (id, reference) = (try #require(history[1]["id"]?.string), try #require(history[1]["ref"]?.string))
    let key = try #require(try run("msg-pay", ["--spool", gateway.bank, "history", "--json"]).objects()[1]["id"]?.string)
    #expect(history[1]["gateway"]?.string == "default" && key.hasPrefix("\(id)-"), "\(key) for \(id)")
    for name in [key, reference] { #expect(try run("msg-pay", ["--spool", gateway.bank, "status", "--id", name]).status == 0, "\(name)") }
    let journal = try run(
      "hledger", ["-f", "-", "check", "-s", "ordereddates"], input: try gateway.pay("journal").output, environment: ["LANG": "C.UTF-8"])
    #expect(journal.status == 0 && journal.errors.isEmpty, "\(journal)")
  }

  /// Breaks when the same key is charged or delivered twice, or several recipients are several payments.
  @Test func aKeyIsChargedOnce() throws {
    let gateway = try GatewaySpool()
    for _ in 0..<3 { #expect(try gateway.send("--id", "k", "bob,carol", "hi").status == 0) }
    #expect(gateway.delivered() == 1 && gateway.delivered(to: "carol") == 1)
    #expect(try gateway.charged() == 2)
    #expect(try gateway.send("--id", "k", "bob", "other").status == 65)
    #expect(try run("msg-pay", ["--spool", gateway.bank, "history", "--json"]).lines.count == 2)
  }

  /// Breaks when a declined payment delivers, is no 77, or bars its key for ever.
  @Test func aDeclineIsFinalForItsKeyAlone() throws {
    let gateway = try GatewaySpool(bankWith: "price = 101")
    let declined = try gateway.send("--id", "k", "bob", "hi")
    #expect(declined.status == 77 && declined.errors.contains("no credit: alice has 100 credit and this costs 101"), "\(declined)")
    try gateway.expectSettled(delivered: 0)
    #expect(try run("msg-pay", ["--spool", gateway.bank, "topup", "alice", "1", "--open"]).status == 0)
    let sent = try gateway.send("--id", "k", "bob", "hi")
    #expect(sent.status == 0, "\(sent)")
    #expect(gateway.delivered() == 1)
    let keys = try run("msg-pay", ["--spool", gateway.bank, "history", "--json"]).objects().compactMap { $0["id"]?.string }
    #expect(keys.count == 4 && keys.contains { $0.hasSuffix("-2") }, "\(keys)")
  }

  /// Breaks when a gateway that could not be asked is not asked again, or leaves anything behind.
  @Test func whatWasNotAskedIsRepeated() throws {
    let gateway = try GatewaySpool(script: "[ $(wc -l < \(TestSpool().folder.path)/none 2>/dev/null || echo 0) = x ]; exit 69")
    let sent = try gateway.send("bob", "hi")
    #expect(sent.status == 75 && sent.errors.contains("nothing was charged"), "\(sent)")
    #expect(gateway.calls().count > 1 && Set(gateway.calls()) == ["charge"], "\(gateway.calls())")
    try gateway.expectSettled(delivered: 0)
    try gateway.write(script: "[ $(wc -l < \(gateway.log)) -lt 3 ] && exit 69\nexec $bank \"$@\"")
    _ = try run("rm", [gateway.log])
    #expect(try gateway.send("bob", "hi").status == 0)
    #expect(gateway.calls() == ["charge", "charge", "charge"])
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when a missing command is anything but 69 with nothing done.
  @Test(arguments: ["/nonexistent/command", "no-such-command-anywhere", "/etc/passwd", "/tmp"])
  func aMissingCommand(command: String) throws {
    let gateway = try GatewaySpool()
    try gateway.configure("gateway = exec \(command) x")
    let sent = try gateway.send("bob", "hi")
    #expect(sent.status == 69 && sent.errors.contains("'\(command)' is no program that can be run"), "\(sent)")
    try gateway.expectSettled(delivered: 0)
    #expect(try gateway.pay("history").status == 1, "nothing recorded")
  }

  /// Breaks when an answer that says nothing is taken for a decline or a charge: the payment is called off, and a charge that
  /// was made nevertheless is given back.
  @Test(arguments: ["echo nonsense; exit 0", "exit 1", "kill -9 $$", "exit 75", "echo ok two words", "yes | head -c 70000"])
  func anAnswerThatSaysNothing(answer: String) throws {
    for comesFirst in [true, false] {
      let charge = comesFirst ? "$bank \"$@\" > /dev/null; \(answer)" : answer
      let gateway = try GatewaySpool(script: "case $1 in charge) \(charge);; *) exec $bank \"$@\";; esac")
      let sent = try gateway.send("bob", "hi")
      #expect(sent.status == 75 && sent.errors.contains("not known whether it charged"), "\(answer): \(sent)")
      #expect(gateway.calls() == ["charge", "void"])
      try gateway.expectSettled(delivered: 0)
    }
  }

  /// Breaks when a send whose payment is in doubt does not say that nothing was sent, what becomes of the money and where that is seen,
  /// by itself, as JSON, in a batch and in its status.
  @Test(arguments: [true, false]) func aPaymentInDoubtIsToldAsSuch(inBatch: Bool) throws {
    let gateway = try GatewaySpool(script: "[ -e \"$0.up\" ] || exit 1; exec $bank \"$@\"")
    let sent =
      inBatch
      ? try gateway.spool.run("msg-send", ["--batch"], input: #"{"to":"bob","text":"hi"}"# + "\n") : try gateway.send("--json", "bob", "hi")
    let answer = try #require(try sent.objects().first)
    let id = try #require(answer["id"]?.string)
    #expect(sent.status == 75 && answer["state"] == "failed" && answer["payment"] == "pending", "\(sent)")
    for word in ["so the message is not sent", "a charge, if there was one, is given back", "'msg-pay doubt'"] {
      #expect(answer["error"]?.string?.contains(word) == true && (inBatch || sent.errors.contains(word)), "\(sent)")
    }
    #expect(try gateway.pay("doubt").output.contains(id))
    func error() throws -> String { try #require(try gateway.send("--status", id, "--json").objects().first?["error"]?.string) }
    #expect(try error().hasSuffix("; a charge, if there was one, is being given back: see 'msg-pay doubt'"))
    try gateway.spool.folder.write("gateway.sh.up", "")
    #expect(try gateway.send("--flush").status == 0)
    #expect(try error().hasSuffix("; a charge, if there was one, was given back"))
    #expect(try !error().contains("asked again"))
  }

  /// Breaks when a promised message that waits with its payment in doubt, or one whose payment is called off at once, is told as the other.
  @Test func whatIsKnownOfAPayment() throws {
    let gateway = try GatewaySpool(script: "exit 1")
    let queued = try #require(try gateway.send("--queue", "--json", "bob", "hi").objects().first)
    #expect(queued["state"] == "queued" && queued["payment"] == "pending", "\(queued)")
    try gateway.write(script: "[ $1 = charge ] && exit 1; exec $bank \"$@\"")
    let over = try gateway.send("--json", "bob", "hi")
    #expect(try over.objects().first?["payment"] == "none" && over.errors.contains("was given back; try again"), "\(over)")
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    #expect(try gateway.send("--json", "bob", "hi").objects().first?["payment"] == "none")
  }

  /// Breaks when a refund whose gateway talks much is never confirmed.
  @Test func onlyTheFirstLineOfAnAnswerCounts() throws {
    let gateway = try GatewaySpool(script: "$bank \"$@\" || exit; yes | head -c 200000")
    let id = try #require(try gateway.send("--print-id", "bob", "hi").lines.first)
    #expect(try gateway.pay("refund", id).status == 0)
    #expect(try gateway.charged() == 0 && gateway.pay("doubt").status == 1)
  }

  /// Breaks when a void that is not confirmed is forgotten.
  @Test func aVoidIsAskedForUntilItIsConfirmed() throws {
    let gateway = try GatewaySpool(script: "case $1 in charge) $bank \"$@\" >/dev/null; exit 1;; *) exit 69;; esac")
    #expect(try gateway.send("bob", "hi").status == 75)
    #expect(try gateway.charged() == 1)
    let doubt = try gateway.pay("doubt", "--json").objects()
    #expect(doubt.count == 1 && doubt[0]["state"]?.string == "reversing" && doubt[0]["gateway"]?.string == "default")
    let flushed = try gateway.send("--flush")
    #expect(flushed.status == 75 && flushed.errors.contains("has not confirmed"), "\(flushed)")
    try gateway.write(script: "exec $bank \"$@\"")
    #expect(try gateway.send("--flush").status == 0)
    try gateway.expectSettled(delivered: 0)
  }

  /// Breaks when a call is begun that cannot end within the budget.
  @Test func aCallThatDoesNotFitIsNotBegun() throws {
    let gateway = try GatewaySpool(script: "exec $bank \"$@\"")
    let sent = try gateway.send("--timeout", "3.9", "bob", "hi")
    #expect(sent.status == 75 && sent.errors.contains("a call may take 4000 ms"), "\(sent)")
    #expect(gateway.calls().isEmpty)
    try gateway.expectSettled(delivered: 0)
  }

  /// Breaks when a charge that comes late stays although its message was given up.
  @Test func aLateChargeIsTakenBack() throws {
    let gateway = try GatewaySpool(
      script: "case $1 in charge) while [ ! -e \(TestSpool().folder.path).go ]; do :; done;; esac; exec $bank \"$@\"",
      "gateway.default.timeout = 300")
    try gateway.write(
      script: "case $1 in charge) while [ ! -e \(gateway.spool.folder.file("go")) ]; do sleep 0.01; done;; esac; exec $bank \"$@\"")
    let sent = try gateway.send("bob", "hi")
    #expect(sent.status == 75 && sent.errors.contains("no answer within 300 ms"), "\(sent)")
    try gateway.spool.folder.write("go", "")
    try gateway.configure("gateway = exec \(gateway.spool.folder.file("gateway.sh"))\ngateway.default.timeout = 4000")
    try gateway.recover()
    #expect(try gateway.pay("doubt").status == 1)
    #expect(gateway.delivered() == 0)
    // The charge may still be on its way to the bank; when it arrives it is declined, or it was there and is given back.
    for _ in 0..<600 {
      if try run("msg-pay", ["--spool", gateway.bank, "history"]).status == 0 { break }
      _ = try run("sleep", ["0.05"])
    }
    try gateway.expectSettled(delivered: 0)
  }

  /// Breaks when the bank's currency is not ours and money moves nevertheless.
  @Test func anotherCurrencyIsNotCharged() throws {
    let gateway = try GatewaySpool(bankWith: "currency = won")
    let sent = try gateway.send("bob", "hi")
    #expect(sent.status == 75 && sent.errors.contains("won was asked for"), "\(sent)")
    try gateway.expectSettled(delivered: 0)
  }

  /// A gateway that cannot be asked. Breaks when a repeat costs something else than the configuration says.
  @Test(arguments: [("50", 3), ("100", 2), ("101", 1)])
  func repeatsCostWhatIsSet(cost: String, calls: Int) throws {
    let gateway = try GatewaySpool(
      script: "exit 69", "gateway.default.timeout = 1000\ngateway.default.breaker-minimum = 100\ngateway.default.retry-cost = \(cost)")
    #expect(try gateway.send("--timeout", "60", "bob", "hi").status == 75)
    #expect(gateway.calls() == Array(repeating: "charge", count: calls))
  }

  /// Fifteen senders at the same moment, at a gateway that nobody has called for a while. Breaks when all but the first few are turned away
  /// although it is well and has slots for more.
  @Test func aBurstAtAGatewayThatIsWellIsServed() throws {
    let gateway = try GatewaySpool(bankWith: "gateway.default.breaker-slow = 101")
    let script = "for n in $(seq 15); do msg-send --timeout 60 bob \"number $n\" || echo failed & done; wait"
    let sent = try run(
      "sh", ["-c", script],
      environment: ["PATH": "\(toolFolder):/usr/bin:/bin", "MSG_SPOOL": gateway.spool.path, "MSG_USER": "alice"])
    #expect(sent.output.isEmpty, "\(sent)")
    try gateway.expectSettled(delivered: 15)
  }

  /// Breaks when a refund that its gateway did not confirm is left to the person who asked for it.
  @Test func aRefundIsAskedForUntilItIsConfirmed() throws {
    let gateway = try GatewaySpool(script: "[ $1 = void ] && [ ! -e \"$0.up\" ] && exit 1; exec $bank \"$@\"")
    let id = try #require(try gateway.send("--print-id", "bob", "hi").lines.first)
    let refused = try gateway.pay("refund", id)
    #expect(refused.status == 75 && refused.errors.contains("it is asked again"), "\(refused)")
    #expect(try gateway.pay("doubt").status == 0)
    #expect(try gateway.send("--flush").status == 75)
    #expect(try gateway.charged() == 1)
    try gateway.spool.folder.write("gateway.sh.up", "")
    #expect(try gateway.send("--flush").status == 0)
    #expect(try gateway.charged() == 0)
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("refunded alice 1 "))
    #expect(try gateway.pay("refund", id).status == 0)
    #expect(try gateway.pay("doubt").status == 1)
    #expect(gateway.spool.folder.names(in: "spool/pay/refunds").isEmpty)
    #expect(gateway.delivered() == 1)
  }

  /// Breaks when a refund that is recorded while nobody asks its gateway is called not done: it would be asked for by other means too.
  @Test(arguments: [true, false]) func aRefundIsRecordedWhileItsGatewayIsLeftAlone(byHand: Bool) throws {
    let gateway = try GatewaySpool(script: "[ -e \"$0.down\" ] && exit 1; exec $bank \"$@\"")
    let id = try #require(try gateway.send("--print-id", "bob", "hi").lines.first)
    if byHand {
      #expect(try gateway.pay("breaker", "--isolate").status == 0)
    } else {
      try gateway.spool.folder.write("gateway.sh.down", "")
      for _ in 0..<60 where try gateway.pay("breaker", "--check").status == 0 { _ = try gateway.send("bob", "hi") }
      try #require(try gateway.pay("breaker", "--check").status == 1)
    }
    let refunded = try gateway.pay("refund", id)
    #expect(refunded.status == 75 && !refunded.errors.contains("nothing was charged"), "\(refunded)")
    #expect(refunded.errors.contains("has not confirmed that payment \(id) is given back"), "\(refunded)")
    #expect(refunded.errors.contains("it is asked again"), "\(refunded)")
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("reversing "))
    _ = try run("rm", ["-f", gateway.spool.folder.file("gateway.sh.down")])
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    try gateway.recover()
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("refunded "))
    #expect(try gateway.charged() == 0)
  }

  /// Breaks when a refund moves the times at which a message was paid and delivered.
  @Test(arguments: [true, false]) func aRefundMovesNoTimes(isOutside: Bool) throws {
    let gateway = try GatewaySpool()
    if !isOutside { try gateway.configure("") }
    let id = try #require(try gateway.send("--print-id", "bob", "hi").lines.first)
    func times(_ words: String...) throws -> [String?] {
      let message = try #require(try gateway.spool.run("msg-send", words).objects().first)
      return ["accepted", "paid", "delivered"].map { message[$0]?.string }
    }
    let before = try times("--status", id, "--json")
    #expect(before.allSatisfy { $0 != nil } && before[1] != nil)
    #expect(try gateway.pay("refund", id).status == 0)
    #expect(try times("--status", id, "--json") == before)
    #expect(try times("--sent", "--json") == before)
  }

  /// Breaks when a delivered message's money is not given back by its gateway, or more than once.
  @Test func aRefundGoesToTheGateway() throws {
    let gateway = try GatewaySpool()
    let id = try #require(try gateway.send("--print-id", "bob", "hi").lines.first)
    for _ in 0..<2 { #expect(try gateway.pay("refund", id).status == 0) }
    #expect(try gateway.charged() == 0)
    #expect(try gateway.pay("status", "--id", id).output.hasPrefix("refunded alice 1 "))
    #expect(try gateway.pay("void", "--id", id).status == 65)
    #expect(try gateway.pay("verify").status == 0)
    #expect(try gateway.send("--status", id).output.contains("delivered"))
  }
}
