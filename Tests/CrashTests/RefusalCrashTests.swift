import JSONText
import TestSupport
import Testing

/// A status other than 0 is true for ever (invariants 3 and 4): nothing of such a send is delivered or charged, neither when the answer is
/// given nor after any recovery. Status 0 is as true: everything is delivered and paid for once, or waits for the time that was asked for.
/// Each state-changing call of each kind of send fails once, or from then on, as on a disk that stays full.
///
/// Faults that it found: a message that stays queued or scheduled behind a failed look at the ledger; one that is charged, cannot be
/// delivered, and cannot be moved to `voiding/`, because that folder cannot be made or the rename fails.
@Suite(.serialized) struct RefusalCrashTests {
  /// One message of a command: its text, and where it goes.
  struct Part: Sendable {
    let text: String
    let recipients: [String]
  }

  struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let command: FaultyCommand
    let parts: [Part]
    var isScheduled = false
  }

  private static func send(_ name: String, _ options: [String], to recipients: [String] = ["bob"], isScheduled: Bool = false) -> Sample {
    Sample(
      testDescription: name,
      command: FaultyCommand("msg-send", options + ["--timeout", "0.5", recipients.joined(separator: ","), "text-1"]),
      parts: [Part(text: "text-1", recipients: recipients)], isScheduled: isScheduled)
  }

  private static func batch(_ name: String, _ options: [String]) -> Sample {
    let parts = [
      Part(text: "text-1", recipients: ["bob"]), Part(text: "text-2", recipients: ["carol", "dave"]),
      Part(text: "text-3", recipients: ["erin"]),
    ]
    let lines = parts.enumerated().map { number, part in
      let names = part.recipients.map { "\"\($0)\"" }.joined(separator: ",")
      return "{\"to\":[\(names)],\"text\":\"\(part.text)\",\"id\":\"line \(number)\"}\n"
    }
    return Sample(
      testDescription: name, command: FaultyCommand("msg-send", ["--batch", "--timeout", "0.5"] + options, input: lines.joined()),
      parts: parts)
  }

  static let samples = [
    send("plain", []), send("new recipient", ["--id", "key"], to: ["erin"]),
    send("several", ["--id", "key"], to: ["bob", "carol", "erin"]),
    send("queued", ["--queue", "--id", "key"], to: ["bob", "carol"]), send("scheduled", ["--at", "+9w", "--id", "key"], isScheduled: true),
    batch("batch", []), batch("queued batch", ["--queue"]),
  ]

  private func seeded() throws -> TestSpool {
    let spool = TestSpool()
    let first = try spool.run("msg-send", ["bob,carol,dave", "earlier"])
    guard first.status == 0 else { throw HarnessFailure("\(first)") }
    return spool
  }

  /// What is in the mailboxes, waits, and is paid for.
  private struct Findings {
    let delivered: [String]
    let waiting: String
    let balance: String

    init(_ spool: TestSpool) throws {
      func texts(_ folders: String) throws -> String {
        try TestSupport.run("sh", ["-c", "cd '\(spool.path)' && cat /dev/null $(find \(folders) -type f 2>/dev/null)"]).output
      }
      delivered = try texts("mailboxes").split(separator: "\n").filter { $0.hasPrefix("text-") }.map(String.init)
      waiting = try texts("outbox deferred/messages")
      balance = try spool.run("msg-pay", ["balance", "alice"]).output
    }
  }

  /// The status that each part of a send was answered with.
  private func statuses(_ sample: Sample, _ outcome: ToolRun) throws -> [Bool] {
    guard sample.parts.count > 1 else { return [outcome.status == 0] }
    let answers = try outcome.lines.map { try JSONValue(parsing: $0)["state"]?.string }
    return sample.parts.indices.map { $0 < answers.count && answers[$0] != "failed" }
  }

  private func settle(_ spool: TestSpool) throws {
    if spool.folder.names(in: "spool/pay/ledger").contains(where: { $0.hasSuffix(".poisoned") }) {
      #expect(try spool.run("msg-pay", ["repair"]).status == 0)
    }
    let flushed = try spool.run("msg-send", ["--flush", "--all"])
    #expect(flushed.status == 0, "\(flushed)")
  }

  private func check(_ sample: Sample, _ fault: Fault, at call: ObservedCall, on template: TestSpool) throws {
    let spool = try template.copy()
    let outcome = try sample.command.run(on: spool, fault, at: call)
    #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
    #expect(outcome.status != 70 && outcome.status < 128, "\(fault) at \(call): \(outcome)")
    let isAccepted = try statuses(sample, outcome)
    let isPoisoned = spool.folder.names(in: "spool/pay/ledger").contains { $0.hasSuffix(".poisoned") }
    let context = "\(fault) at \(call): \(outcome)"
    func expectTrue(_ when: String, isSettled: Bool) throws {
      let found = try Findings(spool)
      var paid = 0
      for (part, isAccepted) in zip(sample.parts, isAccepted) {
        let count = found.delivered.count { $0 == part.text }
        if !isAccepted { #expect(count == 0 && (!isSettled || !found.waiting.contains(part.text)), "\(when): \(part), \(context)") }
        if isAccepted, isSettled {
          #expect(count == (sample.isScheduled ? 0 : part.recipients.count), "\(when): \(part), \(context)")
          if sample.isScheduled { #expect(found.waiting.contains(part.text), "\(when): lost, \(context)") }
        }
        if isAccepted, !sample.isScheduled { paid += part.recipients.count }
      }
      // What is accepted and waits may be paid for only later. A ledger that takes no record takes that of a reversal later, too.
      if isSettled || !isPoisoned && !isAccepted.contains(true) && !fault.isLasting {
        #expect(found.balance == "\(97 - paid)\n", "\(when): \(context)")
      }
    }
    try expectTrue("now", isSettled: false)
    try settle(spool)
    try expectTrue("later", isSettled: true)
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  private func calls(of sample: Sample, on template: TestSpool) throws -> [ObservedCall] {
    let calls = try sample.command.calls(on: template.copy())
    guard calls.count > 8 else { throw HarnessFailure("too few calls were seen: \(calls)") }
    return calls
  }

  @Test(arguments: samples) func everyCallFails(sample: Sample) throws {
    let template = try seeded()
    for call in try calls(of: sample, on: template) { try check(sample, .error("EIO"), at: call, on: template) }
  }

  @Test(arguments: samples) func everyCallFailsForGood(sample: Sample) throws {
    let template = try seeded()
    // A batch that cannot write its answers says nothing of its messages.
    for call in try calls(of: sample, on: template) where sample.parts.count == 1 || call.name != "write" {
      try check(sample, .lastingError("ENOSPC"), at: call, on: template)
    }
  }

  /// The ledger is busy from each look on, for longer than the sender's patience.
  @Test(arguments: samples) func theLedgerIsBusyForGood(sample: Sample) throws {
    let template = try seeded()
    let locks = try calls(of: sample, on: template).filter { $0.name == "flock" && $0.line.contains("/pay/ledger/") }
    #expect(!locks.isEmpty || sample.isScheduled)
    for lock in locks { try check(sample, .lastingError("EAGAIN"), at: lock, on: template) }
  }

  /// The ledger becomes busy when a queued message has its name already, and stays so for longer than its sender waits.
  @Test func aLedgerThatIsBusyAfterTheAcceptance() throws {
    let spool = try seeded()
    let send = "MSG_USER=alice exec '\(toolFolder)/msg-send' --timeout 0.3 --queue --id k bob text-1"
    let outcome = try run(
      "sh",
      [
        "-c",
        """
        export MSG_SPOOL='\(spool.path)'; cd "$MSG_SPOOL"
        (until ls outbox/* >/dev/null 2>&1; do :; done; exec flock pay/ledger/00000001 sleep 3) &
        strace -o /dev/null -e trace=renameat2 -e inject=renameat2:delay_exit=1000000:when=1 sh -c "\(send)"; echo $?
        wait
        """,
      ])
    let isAccepted = outcome.output == "0\n"
    try settle(spool)
    let found = try Findings(spool)
    #expect(found.delivered == (isAccepted ? ["text-1"] : []) && found.balance == (isAccepted ? "96\n" : "97\n"), "\(outcome)")
  }
}
