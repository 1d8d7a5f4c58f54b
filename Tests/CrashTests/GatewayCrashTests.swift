import JSONText
import TestSupport
import Testing

/// A send that is paid at a bank in another spool, killed at every state-changing call it makes. Its call of the bank may go on.
/// Afterwards ordinary commands recover, and what is delivered is what was charged, once, on both sides (invariants 1 to 3, 7).
///
/// Deliberate faults that it was seen to find: a payment whose outcome is open is taken for none. That a bank has to remember the void
/// of a key it does not know is held by `GatewaySendTests` and `GatewayFormTests`.
@Suite(.serialized) struct GatewayCrashTests {
  private static let send = FaultyCommand("msg-send", ["bob", "hi"], scope: .theToolAlone)
  private static let queued = FaultyCommand("msg-send", ["--queue", "--id", "key", "bob", "hi"], scope: .theToolAlone)
  private static let keyed = FaultyCommand("msg-send", ["--id", "key", "bob", "hi"], scope: .theToolAlone)

  /// A spool and its bank, both in daily use, or never used before.
  private func twin(of template: TestSpool?, script: String, isUsed: Bool = true) throws -> TestSpool {
    let spool = try template?.copy() ?? TestSpool()
    let bank = spool.folder.file("bank")
    _ = try run("mkdir", ["-p", "-m", "700", spool.path])
    try spool.folder.writeProgram("gateway.sh", "#!/bin/sh\nbank='\(toolFolder)/msg-pay --spool \(bank) gateway'\n\(script)\n")
    try spool.folder.write(
      "spool/config",
      "gateway = exec \(spool.folder.file("gateway.sh"))\ngateway.default.timeout = 4000\ngateway.default.breaker-minimum = 100\n")
    if !isUsed {
      for words in [["msg-send", "--spool", spool.path, "--flush"], ["msg-pay", "--spool", bank, "topup", "zoe", "1", "--open"]] {
        guard try run(words[0], Array(words.dropFirst())).status == 0 else { throw HarnessFailure("not made: \(words)") }
      }
      return spool
    }
    let first = try spool.run("msg-send", ["bob", "earlier"])
    guard first.status == 0 || first.status == 75 else { throw HarnessFailure("\(first)") }
    return spool
  }

  private func recover(_ spool: TestSpool) throws {
    for _ in 0..<400 {
      _ = try spool.run("msg-send", ["--flush", "--timeout", "20"])
      if spool.folder.names(in: "spool/outbox").isEmpty, spool.folder.names(in: "spool/voiding").isEmpty { return }
      _ = try run("sleep", ["0.05"])
    }
    throw HarnessFailure("never settled: \(try spool.run("msg-send", ["--flush"]))")
  }

  /// What the bank took, with nothing still on its way to it.
  private func charged(_ spool: TestSpool) throws -> Int {
    let balance = try run("msg-pay", ["--spool", spool.folder.file("bank"), "balance", "alice"])
    return balance.status == 0 ? 100 - (Int(balance.output.dropLast()) ?? -1) : 0
  }

  private func expectConsistent(_ spool: TestSpool, _ context: String) throws {
    let delivered = spool.messages(of: "bob").count
    let charged = try charged(spool)
    #expect(charged == delivered, "\(delivered) delivered, \(charged) charged \(context)")
    let doubt = try spool.run("msg-pay", ["doubt"])
    #expect(doubt.status == 1, "\(doubt) \(context)")
    for path in [spool.path, spool.folder.file("bank")] {
      let verified = try run("msg-pay", ["--spool", path, "verify"])
      #expect(verified.status == 0, "\(verified) \(context)")
    }
  }

  private func killEverywhere(_ command: FaultyCommand, script: String, isUsed: Bool = true) throws {
    let calls = try command.calls(on: twin(of: nil, script: script, isUsed: isUsed))
    guard calls.count > 20 else { throw HarnessFailure("too few calls were seen: \(calls)") }
    for call in calls {
      let spool = try twin(of: nil, script: script, isUsed: isUsed)
      let before = spool.messages(of: "bob").count
      let outcome = try command.run(on: spool, .kill, at: call)
      #expect(outcome.status == 137, "not killed at \(call): \(outcome)")
      try recover(spool)
      #expect((0...1).contains(spool.messages(of: "bob").count - before))
      try expectConsistent(spool, "after \(call)")
      if command.arguments.contains("--id") {
        let again = try spool.run(command.tool, command.arguments)
        #expect(again.status == 0, "repeating after \(call): \(again)")
        #expect(spool.messages(of: "bob").count - before == 1, "repeated after \(call)")
        try expectConsistent(spool, "repeated after \(call)")
      }
    }
  }

  @Test func killedAtEveryCall() throws { try killEverywhere(Self.send, script: "exec $bank \"$@\"") }

  /// The very first send of a spool, and its repeat.
  @Test func theFirstKilledAtEveryCall() throws { try killEverywhere(Self.keyed, script: "exec $bank \"$@\"", isUsed: false) }

  /// The bank answers when its caller is long gone.
  @Test func killedAtEveryCallWithASlowBank() throws {
    try killEverywhere(Self.keyed, script: "[ $1 = charge ] && sleep 0.2; exec $bank \"$@\"")
  }

  /// Every call fails with EIO instead: the status tells the truth, also of a message that may be charged later.
  @Test(arguments: [send, queued]) func everyCallFails(command: FaultyCommand) throws {
    let script = "exec $bank \"$@\""
    for call in try command.calls(on: twin(of: nil, script: script)) {
      let spool = try twin(of: nil, script: script)
      let outcome = try command.run(on: spool, .error("EIO"), at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      #expect(outcome.status != 70 && outcome.status < 128, "EIO at \(call): \(outcome)")
      if spool.folder.names(in: "spool/pay/ledger").contains(where: { $0.hasSuffix(".poisoned") }) {
        #expect(try spool.run("msg-pay", ["repair"]).status == 0)
      }
      try recover(spool)
      if command.arguments.contains("--queue") { #expect(try spool.run("msg-send", ["--flush", "--all"]).status == 0) }
      let delivered = spool.messages(of: "bob").count - 1
      #expect(delivered == (outcome.status == 0 ? 1 : 0), "EIO at \(call): \(outcome)")
      try expectConsistent(spool, "after EIO at \(call)")
    }
  }

  /// A refund is killed at every call, or each call fails. Breaks when one that was decided is never confirmed, is made without having been
  /// decided, or leaves something behind that is gone on with for ever.
  @Test(arguments: [Fault.kill, .error("EIO")])
  func refundedAtEveryCall(fault: Fault) throws {
    let script = "exec $bank \"$@\""
    func delivered() throws -> (spool: TestSpool, refund: FaultyCommand) {
      let spool = try twin(of: nil, script: script)
      let id = try #require(try JSONValue(parsing: spool.run("msg-send", ["--sent", "--json"]).lines[0])["id"]?.string)
      return (spool, FaultyCommand("msg-pay", ["refund", id], scope: .theToolAlone))
    }
    let (first, command) = try delivered()
    let calls = try command.calls(on: first)
    #expect(calls.count > 10)
    #expect(try charged(first) == 0)
    for call in calls {
      let (spool, refund) = try delivered()
      let outcome = try refund.run(on: spool, fault, at: call)
      #expect(try outcome.status == 137 || FaultyCommand.struck(spool), "nothing was injected at \(call): \(outcome)")
      if spool.folder.names(in: "spool/pay/ledger").contains(where: { $0.hasSuffix(".poisoned") }) {
        #expect(try spool.run("msg-pay", ["repair"]).status == 0)
      }
      // A call that outlives its caller keeps the refund to itself until it has ended.
      for _ in 0..<400 {
        if spool.folder.names(in: "spool/pay/refunds").isEmpty { break }
        _ = try spool.run("msg-send", ["--flush", "--timeout", "20"])
      }
      #expect(spool.folder.names(in: "spool/pay/refunds").isEmpty, "\(fault) at \(call)")
      let state = try spool.run("msg-pay", ["status", "--id", refund.arguments[1]]).output
      let isRefunded = state.hasPrefix("refunded ")
      #expect(try charged(spool) == (isRefunded ? 0 : 1), "\(fault) at \(call): \(state)")
      #expect(outcome.status != 0 || isRefunded, "\(fault) at \(call): \(state)")
      #expect(try spool.run("msg-pay", ["doubt"]).status == 1, "\(fault) at \(call)")
      #expect(spool.messages(of: "bob").count == 1)
      for path in [spool.path, spool.folder.file("bank")] { #expect(try run("msg-pay", ["--spool", path, "verify"]).status == 0) }
    }
  }
}
