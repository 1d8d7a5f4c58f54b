import AlarmStore
import Alarms
import CommandLineTool
import Assembly
import HookProcess
import JSONText
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-alarmd check`: what would run, what would not and why, whom hooks would skip, and what is wrong with receivers' choices; 78 when
/// anything is wrong.
func checkHooks(_ tool: Tool, spool path: String) throws(Failure) -> ExitStatus {
  let spool = try Spool.open(at: path, for: .reading)
  let settings = try AlarmSettings(spool)
  let check = try HookCheck(spool, settings)
  if tool.arguments.has(AlarmOptions.json) {
    for finding in check.json { try tool.output.writeLine(finding.line) }
  } else {
    for line in check.lines { try tool.output.writeLine(TerminalText.visible(line)) }
  }
  if check.catalogue.isEmpty { tool.diagnostics.note("\(settings.hooks.path): no hook there: alarms go to the history only") }
  return check.isFine ? .done : ExitStatus(.configuration)
}

/// What a look at the hooks and at the choices of receivers brings.
private struct HookCheck {
  /// Skipped receivers that a line for a person names.
  private static let named = 10

  private struct Finding {
    let hook: HookName
    let fallbackOf: HookName?
    let isForEscalation: Bool
    let problems: [String]
    let skipped: [Name]
  }

  let catalogue: HookCatalogue
  private var findings: [Finding] = []
  /// What is wrong beside the hooks.
  private var problems: [String] = []

  init(_ spool: Spool, _ settings: AlarmSettings) throws(Failure) {
    catalogue = try settings.catalogue()
    var complaints: [String] = []
    let files = ReceiverFiles(root: spool.root, calendar: WallClock()) { complaints.append($0) }
    let choosers = try onSpool(ReceiverFiles.receivers(root: spool.root))
    var choices: [Name: ReceiverChoices] = [:]
    for name in choosers { choices[name] = files.choices(of: name) }
    let receivers = Set(choosers).union(try onSpool(HookCheck.owners(spool))).sorted()
    for hook in catalogue.runnable {
      let inspection = try onSpool(settings.hooks.inspect(hook))
      let other = catalogue.fallbacks[hook]
      let isOrphan = other.map { !catalogue.runnable.contains($0) } ?? false
      let skipped = receivers.filter { choices[$0]?.wants(hook) ?? true && inspection.skips($0.text) }
      for name in skipped where choices[name]?.hooks != nil {
        complaints.append("\(SpoolFolder.receivers.file("\(name).conf")): hooks: \(hook) skips \(name): see \(hook).conf")
      }
      findings.append(
        Finding(
          hook: hook, fallbackOf: other, isForEscalation: catalogue.escalationHooks.contains(hook),
          problems: inspection.problems + (isOrphan ? ["never runs: there is no hook '\(other?.text ?? "")'"] : []), skipped: skipped))
    }
    for name in choosers {
      for hook in (choices[name]?.hooks ?? []).sorted() where !catalogue.runnable.contains(hook) {
        complaints.append("\(SpoolFolder.receivers.file("\(name).conf")): hooks: there is no hook '\(hook)' that runs")
      }
    }
    if case .hook(let hook)? = settings.escalation?.target, !catalogue.runnable.contains(hook) {
      complaints.append("config: escalate: there is no hook '\(hook)' that runs")
    }
    for name in choosers {
      guard case .rule(let rule)? = choices[name]?.escalation, case .hook(let hook) = rule.target, !catalogue.runnable.contains(hook)
      else { continue }
      complaints.append("\(SpoolFolder.receivers.file("\(name).conf")): escalate: there is no hook '\(hook)' that runs")
    }
    problems = complaints
  }

  private static func owners(_ spool: Spool) throws(SystemError) -> [Name] {
    try spool.root.folderIfPresent(.mailboxes)?.list().entries.compactMap { Name($0.name) } ?? []
  }

  var isFine: Bool { catalogue.refused.isEmpty && problems.isEmpty && findings.allSatisfy { $0.problems.isEmpty } }

  var lines: [String] {
    var lines: [String] = []
    for finding in findings {
      if finding.problems.isEmpty {
        let condition = finding.isForEscalation ? " for what stays unread" : finding.fallbackOf.map { " for what is dead at \($0)" } ?? ""
        lines.append("\(finding.hook): runs" + condition)
      }
      lines += finding.problems.map { "\(finding.hook): \($0)" }
      if finding.skipped.isEmpty { continue }
      let more = finding.skipped.count - HookCheck.named
      let names = finding.skipped.prefix(HookCheck.named).map { $0.text }.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
      lines.append("\(finding.hook): skips alarms for \(names): not in \(finding.hook).conf")
    }
    lines += catalogue.refused.map { "\($0.name): refused: \($0.reason)" }
    lines += catalogue.passedOver.map { "\($0): \(meaning(of: $0, catalogue))" }
    return lines + problems
  }

  var json: [JSONValue] {
    let hooks = findings.map { finding in
      JSONValue.record([
        ("hook", .string(finding.hook.text)), ("state", finding.problems.isEmpty ? "runs" : "fails"),
        ("only_if_dead_at", finding.fallbackOf.map { .string($0.text) }),
        ("only_if_escalated", finding.isForEscalation ? true : nil), ("problems", .array(finding.problems.map { .string($0) })),
        ("skips", .array(finding.skipped.map { .string($0.text) })),
      ])
    }
    let refused = catalogue.refused.map { refusal in
      JSONValue.record([("hook", .string(refusal.name)), ("state", "refused"), ("problems", .array([.string(refusal.reason)]))])
    }
    let files = catalogue.passedOver.map { name in
      JSONValue.record([("file", .string(name)), ("meaning", .string(meaning(of: name, catalogue)))])
    }
    return hooks + refused + files + problems.map { .record([("problem", .string($0))]) }
  }
}

/// What a file in the folder of hooks is that is not a hook.
private func meaning(of name: String, _ catalogue: HookCatalogue) -> String {
  guard name.hasSuffix(".conf"), let hook = HookName(String(name.dropLast(5))) else { return "passed over: not meant as a hook" }
  if catalogue.runnable.contains(hook) || catalogue.refused.contains(where: { $0.name == hook.text }) { return "settings of \(hook)" }
  return "settings of no hook: there is no '\(hook)' here"
}

/// `msg-alarmd test HOOK`: silent when the hook has done its work; else its answer as the status it stands for.
func testHook(_ tool: Tool, spool path: String) throws(Failure) -> ExitStatus {
  guard let word = tool.arguments.operands.first else {
    throw Failure(.usage, "which hook?", remedy: "write msg-alarmd test HOOK")
  }
  let settings = try AlarmSettings(Spool.open(at: path, for: .reading))
  let catalogue = try settings.catalogue()
  if let refusal = catalogue.refused.first(where: { $0.name == word }) {
    throw Failure(.configuration, "\(settings.hooks.path)/\(word): not run", remedy: refusal.reason)
  }
  guard let hook = catalogue.runnable.first(where: { $0.text == word }) else {
    throw Failure(.notFound, "\(settings.hooks.path): no hook '\(word)' there", remedy: "see 'msg-alarmd check'")
  }
  let user = try tool.arguments.userName()
  let receiver = try tool.arguments.value(AlarmOptions.receiver).map { text throws(Failure) in
    guard let name = Name(text) else { throw .noName(text, for: AlarmOptions.receiver) }
    return name
  }
  let event = Event(
    test: MessageID(sender: user, at: SystemClock().now(), random: try onSpool(randomBytes(6))), from: user, to: receiver ?? user,
    at: SystemClock().now())
  let delivery = Delivery(alarm: Alarm(kind: .test, receiver: event.receiver, event: event), hook: hook)
  let run = try onSpool(runToEnd(delivery, settings))
  return try conclude(tool, hook, run)
}

private func runToEnd(_ delivery: Delivery, _ settings: AlarmSettings) throws(SystemError) -> FinishedRun {
  ignoreBrokenPipes()
  let hooks = HookProcesses(folder: settings.hooks, timeout: settings.hookTimeout)
  let call = HookCall(delivery, text: Array("This is a test of the hook \(delivery.hook).\n".utf8), surroundings: settings.surroundings)
  if let run = hooks.start(delivery, call) { return run }
  while true {
    if let run = try hooks.advance().first { return run }
    _ = try waitForAny(hooks.descriptors, for: hooks.deadline?.remaining)
  }
}

private func conclude(_ tool: Tool, _ hook: HookName, _ run: FinishedRun) throws(Failure) -> ExitStatus {
  let verdict = HookVerdict(run.end, lastLine: run.lastLine)
  let (kind, meaning): (Failure.Kind, String) =
    switch verdict {
    case .done: (.nothing, "")
    case .retry: (.temporary, "it would be tried again")
    case .skipped: (.noRecipient, "it does not want alarms for this receiver")
    case .pause: (.configuration, "it would be paused: see to its configuration")
    case .dead: (.unavailable, "the alarm would be dead")
    }
  if verdict == .done {
    tool.diagnostics.detail("hook \(hook): done in \(run.duration.microseconds / 1000) ms")
    return .done
  }
  throw Failure(kind, "hook \(hook): \(run.summary)", remedy: meaning)
}
