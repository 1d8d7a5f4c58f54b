import AlarmStore
import Alarms
import CommandLineTool
import Assembly
import HookProcess
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-alarmd check`: what would run, what would not and why, and what is wrong with receivers' choices; 78 when anything is.
func checkHooks(_ tool: Tool, spool path: String) throws -> ExitStatus {
  let spool = try Spool.open(at: path, for: .reading)
  let settings = try AlarmSettings(spool)
  let catalogue = try settings.catalogue()
  var problems: [String] = []
  for hook in catalogue.runnable {
    let other = catalogue.fallbacks[hook]
    try tool.output.writeLine("\(hook): runs" + (other.map { " for what is dead at \($0)" } ?? ""))
    if let other, !catalogue.runnable.contains(other) { problems.append("\(hook): never runs: there is no hook '\(other)'") }
  }
  for refusal in catalogue.refused { try tool.output.writeLine(TerminalText.visible("\(refusal.name): refused: \(refusal.reason)")) }
  for name in catalogue.passedOver { try tool.output.writeLine(TerminalText.visible("\(name): \(meaning(of: name, catalogue))")) }
  let files = ReceiverFiles(root: spool.root, calendar: WallClock()) { problems.append($0) }
  for receiver in try ReceiverFiles.receivers(root: spool.root) { _ = files.choices(of: receiver) }
  for problem in problems { try tool.output.writeLine(TerminalText.visible(problem)) }
  if catalogue.isEmpty { tool.diagnostics.note("\(settings.hooks.path): no hook there: alarms go to the history only") }
  return catalogue.refused.isEmpty && problems.isEmpty ? .done : ExitStatus(.configuration)
}

/// What a file in the folder of hooks is that is not a hook.
private func meaning(of name: String, _ catalogue: HookCatalogue) -> String {
  guard name.hasSuffix(".conf"), let hook = HookName(String(name.dropLast(5))) else { return "passed over: not meant as a hook" }
  if catalogue.runnable.contains(hook) || catalogue.refused.contains(where: { $0.name == hook.text }) { return "settings of \(hook)" }
  return "settings of no hook: there is no '\(hook)' here"
}

/// `msg-alarmd test HOOK`: silent when the hook has done its work; else its answer as the status it stands for.
func testHook(_ tool: Tool, spool path: String) throws -> ExitStatus {
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
    test: MessageID(sender: user, at: SystemClock().now(), random: try randomBytes(6)), from: user, to: receiver ?? user,
    at: SystemClock().now())
  let delivery = Delivery(alarm: Alarm(kind: .test, receiver: event.receiver, event: event), hook: hook)
  let run = try runToEnd(delivery, settings)
  return try conclude(tool, hook, run)
}

private func runToEnd(_ delivery: Delivery, _ settings: AlarmSettings) throws(SystemError) -> FinishedRun {
  ignoreBrokenPipes()
  let hooks = HookProcesses(folder: settings.hooks, timeout: settings.hookTimeout)
  let call = HookCall(delivery, text: Array("This is a test of the hook \(delivery.hook).\n".utf8), surroundings: settings.surroundings)
  if let run = hooks.start(delivery, call) { return run }
  while true {
    if let run = try hooks.advance().first { return run }
    _ = try waitForAny(hooks.descriptors, microseconds: hooks.deadline?.remainingMicroseconds)
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
    tool.diagnostics.detail("hook \(hook): done in \(run.milliseconds) ms")
    return .done
  }
  throw Failure(kind, "hook \(hook): \(run.summary)", remedy: meaning)
}
