import TestSupport
import Testing

/// What a spool holds, in words that are the same in every run: messages and where they are, money, what is silenced, what was told.
struct FaultFindings: Hashable, CustomStringConvertible {
  let lines: [String]
  var description: String { lines.joined(separator: " | ") }

  init(_ spool: TestSpool) throws {
    let found = try spool.shell(
      """
      for f in mailboxes/*/new/* mailboxes/*/cur/* outbox/* deferred/messages/* voiding/*; do
        [ -f "$f" ] || continue
        case $f in mailboxes/*) place="${f%/*} ${f##*:2,}" ;; *) place=$(dirname "$f") ;; esac
        case $place in *,S=*) place=${f%/*} ;; outbox | deferred/messages) place=waiting ;; esac
        printf '%s %s\\n' "$place" "$(sed '1,/^$/d' "$f" | head -1)"
      done | sort
      [ ! -e told ] || sort -u told | sed 's/^/told /'
      ls alarms/silences 2> /dev/null | grep -c json | sed 's/^/silences /'
      """)
    var lines = found.lines
    for path in [spool.path, "\(spool.path)/bank"] {
      // An account that nothing was paid from may be there or not.
      lines += try TestSupport.run("msg-pay", ["--spool", path, "balance"]).lines.map {
        "balance " + $0.split(separator: " ").joined(separator: " ")
      }.filter { !$0.hasSuffix(" 100") }
    }
    self.lines = lines
  }
}

/// One command, disturbed in many ways, each time on a fresh copy of the same spool.
struct FaultExperiment {
  let faultCase: FaultCase
  let template = TestSpool()
  let command: FaultyCommand
  /// What there is when the command was never given, and when nothing disturbed it.
  let without, with: FaultFindings

  init(_ faultCase: FaultCase) throws {
    self.faultCase = faultCase
    let more = try faultCase.prepare(template)
    command = FaultyCommand(
      faultCase.tool, faultCase.arguments + more, user: faultCase.user, input: faultCase.input, scope: faultCase.scope)
    let untouched = try FaultExperiment.copy(template)
    without = try FaultExperiment.settled(untouched, faultCase)
    let done = try FaultExperiment.copy(template)
    let outcome = try done.run(command.tool, command.arguments, user: command.user, input: command.input)
    guard outcome.status == 0 else { throw HarnessFailure("undisturbed: \(outcome)") }
    with = try FaultExperiment.settled(done, faultCase)
    guard (with != without) != faultCase.isRecovery else { throw HarnessFailure("what it does is not seen: \(without) and \(with)") }
  }

  /// A copy whose settings name the copy and not the template.
  static func copy(_ template: TestSpool) throws -> TestSpool {
    let twin = try template.copy()
    if let settings = try? twin.folder.read("spool/config"), settings.contains(template.path) {
      try twin.folder.write("spool/config", settings.replacing(template.path, with: twin.path))
    }
    return twin
  }

  private static func isPoisoned(_ spool: TestSpool) -> Bool {
    spool.folder.names(in: "spool/pay/ledger").contains { $0.hasSuffix(".poisoned") }
  }

  /// What ordinary commands make of a spool.
  private static func settled(_ spool: TestSpool, _ faultCase: FaultCase, _ context: String = "") throws -> FaultFindings {
    if isPoisoned(spool) {
      #expect(try spool.run("msg-pay", ["repair"]).status == 0, "\(context)")
    }
    // A call of a gateway may outlive its caller.
    for attempt in 1... {
      let flushed = try spool.run("msg-send", ["--flush", "--all", "--timeout", "20"])
      // A power cut may leave a further copy of a message that waits in the outbox.
      let waiting = spool.folder.names(in: "spool/deferred/messages")
      let outbox = spool.folder.names(in: "spool/outbox").filter { name in !waiting.contains { name.hasPrefix("\($0).") } }
      let isEmpty = outbox.isEmpty && ["voiding", "pay/refunds"].allSatisfy { spool.folder.names(in: "spool/\($0)").isEmpty }
      if isEmpty && flushed.status == 0 || faultCase.staysOpen { break }
      guard attempt < 200 else { throw HarnessFailure("never settled, \(context): \(flushed)") }
      if attempt > 1 { _ = try TestSupport.run("sleep", ["0.05"]) }
    }
    if faultCase.tellsAlarms {
      try spool.waitForOrphans()
      try spool.finishAlarms(context)
    }
    let verified = try spool.run("msg-pay", ["verify"])
    #expect(verified.status == 0 && verified.output.isEmpty, "\(context): \(verified)")
    let numbers = spool.feedNumbers()
    #expect(numbers == Array(1..<numbers.count + 1), "\(context): the feed has holes")
    #expect(spool.folder.names(in: "spool/bad").allSatisfy { $0.hasPrefix("ledger-") }, "\(context): put aside")
    return try FaultFindings(spool)
  }

  /// Settles what a disturbed run left, and holds it against what the run answered; nil for one that was killed.
  func check(_ spool: TestSpool, answered status: Int32?, _ context: String) throws {
    // What could not be made durable may be there or not: 'msg-pay' says so. A send gives it back.
    let isOpen = faultCase.tool == "msg-pay" && FaultExperiment.isPoisoned(spool)
    var found = try FaultExperiment.settled(spool, faultCase, context)
    if status == 0 {
      #expect(found == with, "\(context): answered 0, and there is \(found)")
    } else if status != nil, faultCase.refusal == .nothingIsDone, !isOpen {
      #expect(found == without, "\(context): refused, and there is \(found)")
    } else if faultCase.refusal != .mayBePartlyDone {
      #expect(found == with || found == without, "\(context): \(found)")
    }
    guard faultCase.isRepeatable else { return }
    let again = try spool.run(command.tool, command.arguments, user: command.user, input: command.input)
    // A silent answer of 1 says that nothing was left to do.
    #expect(again.status == 0, "\(context), repeated: \(again)")
    found = try FaultExperiment.settled(spool, faultCase, context)
    #expect(found == with, "\(context), repeated: \(found)")
  }

  /// One fault at one call.
  func disturb(_ fault: Fault, at call: ObservedCall) throws {
    let spool = try FaultExperiment.copy(template)
    let context = "\(faultCase.testDescription), \(fault) at \(call)"
    let outcome = try command.run(on: spool, fault, at: call)
    if fault == .kill { return try check(spool, answered: outcome.status == 137 ? nil : outcome.status, "\(context): \(outcome)") }
    #expect(try FaultyCommand.struck(spool), "nothing was injected: \(context)")
    #expect(outcome.status != 70 && outcome.status < 128, "\(context): \(outcome)")
    if fault == .error("EINTR") { #expect(outcome.status == 0, "\(context): \(outcome)") }
    try check(spool, answered: outcome.status, "\(context): \(outcome)")
  }

  /// The command killed at one call, and then the recovery at the chosen ones of its own.
  func killRecovery(after call: ObservedCall, _ choose: ([ObservedCall]) -> [ObservedCall]) throws {
    let spool = try FaultExperiment.copy(template)
    _ = try command.run(on: spool, .kill, at: call)
    let recovery = FaultyCommand("msg-send", ["--flush", "--all"], scope: faultCase.scope)
    // A gateway's calls go on by themselves.
    let calls = try recovery.calls(on: FaultExperiment.copy(spool))
    for next in choose(calls) {
      let twin = try FaultExperiment.copy(spool)
      _ = try recovery.run(on: twin, .kill, at: next)
      try check(twin, answered: nil, "\(faultCase.testDescription), killed at \(call), its recovery at \(next)")
    }
  }

  /// The command with a write that takes half of its bytes; 0 makes each one short. False where there is no such write.
  func shorten(_ number: Int, by library: String) throws -> Bool {
    let spool = try FaultExperiment.copy(template)
    let log = spool.folder.file("short")
    let outcome = try spool.run(
      command.tool, command.arguments, user: command.user, input: command.input,
      environment: ["LD_PRELOAD": library, "SHORT_WRITE": "\(number)", "SHORT_WRITE_LOG": log])
    guard (try? spool.folder.read("short")) != nil else { return false }
    #expect(outcome.status == 0, "\(faultCase.testDescription), write \(number) is short: \(outcome)")
    try check(spool, answered: outcome.status, "\(faultCase.testDescription), write \(number) is short")
    return true
  }
}
