import TestSupport
import Testing

/// What moves money in several records, and what writes a settings file, killed and failed at every call that changes something.
@Suite(.serialized) struct AccountCrashTests {
  private func template() throws -> TestSpool {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    return spool
  }

  /// Runs a command with a fault at each of its calls, then again; `check` is told whether the first run answered 0, and then `true`.
  private func expectEachFaultHarmless(
    _ words: [String], on template: TestSpool, _ fault: Fault, _ check: (TestSpool, _ isDone: Bool) throws -> Void
  ) throws {
    let command = FaultyCommand("msg-pay", words)
    let calls = try command.calls(on: template.copy())
    #expect(calls.count >= 3)
    for call in calls {
      let spool = try template.copy()
      let outcome = try command.run(on: spool, fault, at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      if try spool.run("msg-pay", ["verify"]).status != 0 { #expect(try spool.run("msg-pay", ["repair"]).status == 0) }
      try check(spool, outcome.status == 0)
      var again = try spool.run("msg-pay", words)
      if again.status == 74 {
        #expect(try spool.run("msg-pay", ["repair"]).status == 0)
        again = try spool.run("msg-pay", words)
      }
      #expect(again.status == 0, "\(fault) at \(call), repeated: \(again)")
      try check(spool, true)
      #expect(try spool.run("msg-pay", ["verify"]).status == 0, "\(fault) at \(call)")
    }
  }

  /// Breaks when a part of an account moves, or an account has two names.
  @Test(arguments: [Fault.kill, .error("EIO"), .error("ENOSPC")]) func rename(fault: Fault) throws {
    try expectEachFaultHarmless(["rename", "alice", "anne", "--id", "r"], on: template(), fault) { spool, isDone in
      let balances = try spool.run("msg-pay", ["balance"]).output
      #expect(balances == "alice  0\nanne   99\n" || !isDone && balances == "alice  99\n", "\(balances)")
    }
  }

  /// Breaks when an allowance is given twice, or a charge counts that is not there.
  @Test(arguments: [Fault.kill, .error("EIO")]) func chargeWithAllowanceAndLimit(fault: Fault) throws {
    let template = try template()
    try template.folder.write("spool/allowances", "alice 20 every month\n")
    try template.folder.write("spool/limits", "account alice 6 credit per month\n")
    try expectEachFaultHarmless(["charge", "alice", "5", "--id", "c"], on: template, fault) { spool, isDone in
      let balance = try spool.run("msg-pay", ["balance", "alice"]).output
      #expect(balance == "114\n" || !isDone && balance == "99\n", "\(balance)")
      // One message and five of six.
      if isDone { #expect(try spool.run("msg-pay", ["charge", "alice", "1", "--id", "d"]).status == 77) }
    }
  }

  /// Breaks when the file of allowances is ever half written, or what was answered 0 is not in it.
  @Test(arguments: [Fault.kill, .error("EIO"), .error("ENOSPC")]) func allow(fault: Fault) throws {
    let template = try template()
    let line = "alice 20 every month rollover no\n"
    try template.folder.write("spool/allowances", "# by hand\nbob 1 every day\n")
    try expectEachFaultHarmless(["allow", "alice", "20", "--every", "month"], on: template, fault) { spool, isDone in
      let text = try spool.folder.read("spool/allowances")
      #expect(text == "# by hand\nbob 1 every day\n" + line || !isDone && text == "# by hand\nbob 1 every day\n", "\(text)")
    }
  }
}
