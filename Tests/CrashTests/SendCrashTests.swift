import TestSupport
import Testing

/// A send that is killed, or meets an error, at every state-changing system call it makes. Afterwards ordinary commands
/// recover, and the numbered invariants hold: paid exactly when delivered (1, 3), once (2), status 0 only then (4), the
/// event once (6), the book balances (7).
///
/// Breaks, for example, when `deliver` comes before `charge` in the dispatcher, when the charge is not synced, when
/// recovery charges what was not promised, or when an error after the charge does not give it back.
@Suite(.serialized) struct SendCrashTests {
  private static let single = FaultyCommand("msg-send", ["bob"], input: "저녁 7시에 만나요\n")
  private static let several = FaultyCommand("msg-send", ["--id", "key", "bob,carol,dave", "hi"])

  /// A spool on which everything exists already, so that the calls are those of daily use; `fresh` is the very first send.
  private func seeded(_ command: FaultyCommand) throws -> TestSpool {
    let spool = TestSpool()
    let first = try spool.run("msg-send", ["bob,carol,dave", "earlier"])
    guard first.status == 0 else { throw HarnessFailure("\(first)") }
    return spool
  }

  @Test func killedAtEveryCallOfADailySend() throws { try killEverywhere(Self.single, on: seeded(Self.single), copies: 1) }
  @Test func killedAtEveryCallOfTheFirstSend() throws { try killEverywhere(Self.single, on: TestSpool(), copies: 1) }
  @Test func killedAtEveryCallOfASendToThree() throws { try killEverywhere(Self.several, on: seeded(Self.several), copies: 3) }

  @Test(arguments: ["EIO", "ENOSPC", "EINTR"])
  func everyCallFails(error: String) throws { try failEverywhere(Self.single, error, on: seeded(Self.single), copies: 1) }

  @Test func everyCallOfASendToThreeFails() throws { try failEverywhere(Self.several, "EIO", on: seeded(Self.several), copies: 3) }

  private func killEverywhere(_ command: FaultyCommand, on template: TestSpool, copies: Int) throws {
    try template.makePresent()
    let calls = try command.calls(on: template.copy())
    #expect(calls.count > 10, "too few calls were seen: \(calls)")
    for call in calls {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try command.run(on: spool, .kill, at: call)
      #expect(outcome.status == 137, "not killed at \(call): \(outcome)")
      let after = try Books(recovering: spool)
      try after.expectConsistent(with: before, copies: copies, at: call)
      // Nobody was told anything, so a repeat under a key must be harmless and complete.
      if command.arguments.contains("--id") {
        let again = try spool.run(command.tool, command.arguments)
        #expect(again.status == 0, "repeating after \(call): \(again)")
        #expect(try Books(spool).delivered - before.delivered == copies, "repeated after \(call)")
      }
    }
  }

  private func failEverywhere(_ command: FaultyCommand, _ error: String, on template: TestSpool, copies: Int) throws {
    for call in try command.calls(on: template.copy()) {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try command.run(on: spool, .error(error), at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      #expect(outcome.status != 70 && outcome.status < 128, "\(error) at \(call): \(outcome)")
      let after = try Books(recovering: spool)
      // A feed that cannot be written never fails a send: the alarm side makes the event good (invariant 5).
      try after.expectConsistent(with: before, copies: copies, at: call, feedFailed: call.name == "linkat")
      // Status 0 says delivered, everything else says not delivered: no third thing.
      #expect(after.delivered - before.delivered == (outcome.status == 0 ? copies : 0), "\(error) at \(call): \(outcome)")
      if error == "EINTR" { #expect(outcome.status == 0, "interrupted at \(call): \(outcome)") }
      if outcome.status != 0 { #expect(outcome.errors.hasPrefix("msg-send: "), "\(error) at \(call): \(outcome)") }
    }
  }
}

/// What the two sides of a spool say: messages in mailboxes, and money.
struct Books {
  let delivered: Int
  let balance: Int
  let events: Int

  init(_ spool: TestSpool) throws {
    delivered = ["bob", "carol", "dave"].reduce(0) { $0 + spool.messages(of: $1).count }
    let answer = try spool.run("msg-pay", ["balance", "alice"])
    balance = answer.status == 0 ? Int(answer.output.dropLast()) ?? -1 : 100
    // Each message file that was announced and delivered has a second name in the feed.
    let linked = try run("sh", ["-c", "find '\(spool.path)/mailboxes' -path '*/new/*' -type f -links 2 2>/dev/null | wc -l"])
    events = Int(linked.output.filter(\.isNumber)) ?? -1
  }

  /// Lets ordinary commands recover first: a poisoned ledger is repaired, then the outbox is gone through.
  init(recovering spool: TestSpool) throws {
    let flushed = try spool.run("msg-send", ["--flush"])
    if flushed.status != 0 {
      let repaired = try spool.run("msg-pay", ["repair"])
      #expect(repaired.status == 0, "\(repaired)")
      let again = try spool.run("msg-send", ["--flush"])
      #expect(again.status == 0, "flushing: \(again)")
    }
    try self.init(spool)
    let verified = try spool.run("msg-pay", ["verify"])
    #expect(verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
    #expect(spool.folder.names(in: "spool/outbox").isEmpty, "left in outbox")
    #expect(spool.folder.names(in: "spool/voiding").isEmpty, "left in voiding")
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
  /// Makes sure that there is a folder to copy.
  func makePresent() throws { _ = try TestSupport.run("mkdir", ["-p", "-m", "700", path]) }
}
