import TestSupport
import Testing

/// The other writing commands, killed and failed at every state-changing call.
@Suite(.serialized) struct TopUpAndReadCrashTests {
  /// Fails a command of `msg-pay` that has a key at each call that changes something; whatever happens, repeating it ends with exactly one
  /// (invariants 2 and 7), and alice with `balance`. A long ledger is verified once, at the end.
  private func expectExactlyOne(
    _ words: [String], on template: TestSpool, _ fault: Fault, atLeast count: Int, balance: Int, isLong: Bool = false
  ) throws {
    var last: TestSpool?
    let command = FaultyCommand("msg-pay", words)
    let calls = try command.calls(on: template.copy())
    #expect(calls.count >= count)
    for call in calls {
      let spool = try template.copy()
      let outcome = try command.run(on: spool, fault, at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      if try !isLong && spool.run("msg-pay", ["verify"]).status != 0 { #expect(try spool.run("msg-pay", ["repair"]).status == 0) }
      let shown = { try spool.run("msg-pay", ["balance", "alice"]).output }
      if outcome.status == 0 { #expect(try shown() == "\(balance)\n", "\(fault) at \(call): answered 0 and not recorded") }
      var again = try spool.run(command.tool, command.arguments)
      if again.status == 74 {
        #expect(try spool.run("msg-pay", ["repair"]).status == 0)
        again = try spool.run(command.tool, command.arguments)
      }
      #expect(again.status == 0, "\(fault) at \(call), repeated: \(again)")
      #expect(try shown() == "\(balance)\n", "\(fault) at \(call)")
      if !isLong { #expect(try spool.run("msg-pay", ["verify"]).status == 0) }
      last = spool
    }
    #expect(try last?.run("msg-pay", ["verify"]).status == 0)
  }

  @Test(arguments: [Fault.kill, .error("EIO"), .error("ENOSPC"), .error("EINTR")])
  func topUp(fault: Fault) throws {
    let template = TestSpool()
    #expect(try template.run("msg-send", ["bob", "hi"]).status == 0)
    try expectExactlyOne(["topup", "alice", "50", "--open", "--id", "order-1"], on: template, fault, atLeast: 3, balance: 149)
  }

  /// A charge that has to build the index of a ledger too long to be read under its lock. Breaks when a builder that dies leaves something
  /// that the next one believes or waits for.
  @Test func chargeOfALongLedger() throws {
    let filled = TestSpool()
    let records = 4200
    try filled.folder.write("spool/config", "opening-credit = 5000\n")
    let lines = (1...records).map { #"{"to":["bob"],"text":"\#($0)"}"# + "\n" }.joined()
    #expect(try filled.run("msg-send", ["--batch"], input: lines).status == 0)
    let template = TestSpool()
    #expect(try template.run("msg-send", ["bob", "hi"]).status == 0)
    _ = try run("sh", ["-c", "rm -r \(template.path)/pay/cache && cp \(filled.path)/pay/ledger/* \(template.path)/pay/ledger/"])
    for fault in [Fault.kill, .error("EIO")] {
      try expectExactlyOne(
        ["charge", "alice", "1", "--id", "order-1"], on: template, fault, atLeast: 6, balance: 5000 - records - 1, isLong: true)
    }
    #expect(template.folder.names(in: "spool/pay/cache").isEmpty)
  }

  /// Reading a message: it is shown or not, marked or not, but never lost and never doubled.
  @Test(arguments: [Fault.kill, .error("EIO"), .error("ENOSPC"), .error("EINTR")])
  func read(fault: Fault) throws {
    let template = TestSpool()
    #expect(try template.run("msg-send", ["bob", "hi"]).status == 0)
    let command = FaultyCommand("msg-read", ["1"], user: "bob")
    let calls = try command.calls(on: template.copy())
    #expect(!calls.isEmpty)
    for call in calls {
      let spool = try template.copy()
      let outcome = try command.run(on: spool, fault, at: call)
      #expect(spool.messages(of: "bob").count == 1, "\(fault) at \(call)")
      if fault != .kill { #expect(outcome.output.contains("hi"), "\(fault) at \(call): \(outcome)") }
      let again = try spool.run("msg-read", ["1"], user: "bob")
      #expect(again.status == 0 && again.output.contains("hi"), "\(fault) at \(call), again: \(again)")
      #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "0\n")
    }
  }

  /// What `--delete` answers for is gone, also after a power cut. Breaks when the folder is not synced, and when that fails and is not
  /// told.
  @Test func deletingIsDurable() throws {
    let template = TestSpool()
    for text in ["a", "b", "c"] { #expect(try template.run("msg-send", ["bob", text]).status == 0) }
    #expect(try template.run("msg-read", ["1"], user: "bob").status == 0)
    let command = FaultyCommand("msg-read", ["--delete", "1-3"], user: "bob")
    let calls = try command.calls(on: template.copy())
    let last = try #require(calls.lastIndex { $0.name == "unlinkat" && $0.line.contains(",S=") })
    let syncs = calls[last...].filter { $0.name == "fsync" && $0.line.contains("/mailboxes/") }
    #expect(syncs.count == 2, "new/ and cur/: \(calls)")
    for sync in syncs { #expect(try command.run(on: template.copy(), .error("EIO"), at: sync).status == 74) }
  }
}
