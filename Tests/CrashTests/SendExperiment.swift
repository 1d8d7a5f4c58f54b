import TestSupport
import Testing

/// One send that is disturbed at each of its state-changing calls in turn, every time on a fresh copy of the same spool.
struct SendExperiment {
  let command: FaultyCommand
  let template: TestSpool
  /// How many messages the send delivers, and what it costs.
  let copies: Int

  init(_ command: FaultyCommand, on template: TestSpool, copies: Int) throws {
    (self.command, self.template, self.copies) = (command, template, copies)
    _ = try TestSupport.run("mkdir", ["-p", "-m", "700", template.path])
  }

  /// The calls of an undisturbed run. Too few, and the experiment would prove nothing.
  func calls() throws -> [ObservedCall] {
    let calls = try command.calls(on: template.copy())
    guard calls.count > 10 else { throw HarnessFailure("too few calls were seen: \(calls)") }
    return calls
  }

  func killEverywhere() throws {
    for call in try calls() {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try command.run(on: spool, .kill, at: call)
      #expect(outcome.status == 137, "not killed at \(call): \(outcome)")
      let after = try Books(recovering: spool)
      #expect(!after.wasRepaired, "a repair was needed after \(call)")
      try after.expectConsistent(with: before, copies: copies, at: call)
      // Nobody was told anything, so a repeat under a key must be harmless and complete.
      if command.arguments.contains("--id") {
        let again = try spool.run(command.tool, command.arguments)
        #expect(again.status == 0, "repeating after \(call): \(again)")
        #expect(try Books(spool).delivered - before.delivered == copies, "repeated after \(call)")
      }
    }
  }

  func failEverywhere(_ error: String) throws {
    for call in try calls() {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try command.run(on: spool, .error(error), at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      #expect(outcome.status != 70 && outcome.status < 128, "\(error) at \(call): \(outcome)")
      let after = try Books(recovering: spool)
      #expect(!after.wasRepaired || call.name == "fdatasync" || call.name == "fsync", "a repair was needed: \(error) at \(call)")
      // A feed that cannot be written never fails a send: the alarm side makes the event good (invariant 5).
      let mayLackEvents = call.line.contains("/spool/feed")
      if mayLackEvents { #expect(outcome.status == 0, "the feed failed a send: \(error) at \(call): \(outcome)") }
      try after.expectConsistent(with: before, copies: copies, at: call, feedFailed: mayLackEvents)
      // After a failed sync nothing claims success (invariant 9).
      if call.name.hasSuffix("sync"), error != "EINTR", !mayLackEvents { #expect(outcome.status != 0, "\(error) at \(call)") }
      // Status 0 says delivered, everything else says not delivered: no third thing.
      #expect(after.delivered - before.delivered == (outcome.status == 0 ? copies : 0), "\(error) at \(call): \(outcome)")
      if error == "EINTR" { #expect(outcome.status == 0, "interrupted at \(call): \(outcome)") }
      if outcome.status != 0 { #expect(outcome.errors.hasPrefix("msg-send: "), "\(error) at \(call): \(outcome)") }
    }
  }

  /// `number` is the signal's. Returns how often the send was ended by it, and how often it came through.
  func signalEverywhere(_ name: String, number: Int32) throws -> (ended: Int, finished: Int) {
    var (ended, finished) = (0, 0)
    for call in try calls() {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try command.run(on: spool, .signal(name), at: call)
      #expect(try FaultyCommand.reached(call, on: spool), "never came to \(call)")
      #expect([0, 75, 128 + number].contains(outcome.status), "\(name) at \(call): \(outcome)")
      let after = try Books(recovering: spool)
      try after.expectConsistent(with: before, copies: copies, at: call)
      #expect(after.delivered - before.delivered == (outcome.status == 0 ? copies : 0), "\(name) at \(call): \(outcome)")
      if outcome.status == 0 { finished += 1 } else { ended += 1 }
    }
    return (ended, finished)
  }
}

/// What the two sides of a spool say: messages in mailboxes, and money.
struct Books {
  let delivered: Int
  let balance: Int
  let events: Int
  let wasRepaired: Bool

  init(_ spool: TestSpool, wasRepaired: Bool = false) throws {
    self.wasRepaired = wasRepaired
    delivered = ["bob", "carol", "dave"].reduce(0) { $0 + spool.messages(of: $1).count }
    let answer = try spool.run("msg-pay", ["balance", "alice"])
    balance = answer.status == 0 ? Int(answer.output.dropLast()) ?? -1 : 100
    // Each message file that was announced and delivered has a second name in the feed.
    let linked = try run("sh", ["-c", "find '\(spool.path)/mailboxes' -path '*/new/*' -type f -links 2 2>/dev/null | wc -l"])
    events = Int(linked.output.filter(\.isNumber)) ?? -1
  }

  /// Lets ordinary commands recover first: the outbox is gone through, and a poisoned ledger is repaired. Only a failed sync
  /// poisons it, so whoever expects no such thing has to see that nothing was repaired.
  init(recovering spool: TestSpool) throws {
    let flushed = try spool.run("msg-send", ["--flush"])
    let isPoisoned = spool.folder.names(in: "spool/pay/ledger").contains { $0.hasSuffix(".poisoned") }
    #expect(flushed.status == 0 || isPoisoned, "flushing: \(flushed)")
    if isPoisoned {
      let repaired = try spool.run("msg-pay", ["repair"])
      #expect(repaired.status == 0, "\(repaired)")
      let again = try spool.run("msg-send", ["--flush"])
      #expect(again.status == 0, "flushing: \(again)")
    }
    try self.init(spool, wasRepaired: isPoisoned)
    let verified = try spool.run("msg-pay", ["verify"])
    #expect(verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
    #expect(spool.folder.names(in: "spool/outbox").isEmpty, "left in outbox")
    #expect(spool.folder.names(in: "spool/voiding").isEmpty, "left in voiding")
    // What a repair took the place of is kept there, and nothing else is put aside.
    #expect(spool.folder.names(in: "spool/bad").allSatisfy { $0.hasPrefix("ledger-") }, "put aside")
    let numbers = spool.feedNumbers()
    #expect(numbers == Array(1..<numbers.count + 1), "the feed has holes: \(numbers.suffix(20))")
  }

  func expectConsistent(with before: Books, copies: Int, at call: ObservedCall, feedFailed: Bool = false) throws {
    let (sent, paid) = (delivered - before.delivered, before.balance - balance)
    #expect(sent == paid, "\(sent) delivered and \(paid) paid after \(call)")
    #expect(sent == 0 || sent == copies, "\(sent) of \(copies) delivered after \(call)")
    #expect(
      events - before.events == sent || feedFailed && events - before.events < sent,
      "\(events - before.events) events for \(sent) deliveries after \(call)")
  }
}

extension TestSpool {
  /// The numbers in the feed, ascending.
  func feedNumbers() -> [Int] {
    folder.names(in: "spool/feed").filter { Int($0) != nil }
      .flatMap { folder.names(in: "spool/feed/\($0)").compactMap { Int($0) } }.sorted()
  }
}
