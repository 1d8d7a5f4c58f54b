import AlarmStore
import Alarms
import CommandLineTool
import Assembly
import JSONText
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-alarmd silence`: makes one, lists them, or ends one.
func silence(_ tool: Tool, spool path: String) throws(Failure) -> ExitStatus {
  let arguments = tool.arguments
  let selectors = [AlarmOptions.to, AlarmOptions.from, AlarmOptions.hook]
  let details = [AlarmOptions.duration, AlarmOptions.urgentToo, AlarmOptions.comment]
  for option in [AlarmOptions.list, AlarmOptions.end] {
    for other in selectors + details + [AlarmOptions.all] { try arguments.refuse(option, with: other) }
  }
  try arguments.refuse(AlarmOptions.list, with: AlarmOptions.end)
  for selector in selectors { try arguments.refuse(AlarmOptions.all, with: selector) }
  let isSelected = (selectors + [AlarmOptions.all]).contains { arguments.has($0) }
  if !isSelected, !arguments.has(AlarmOptions.end) {
    guard details.allSatisfy({ !arguments.has($0) }) else {
      throw Failure(.usage, "which alarms are to be silenced?", remedy: "give --to NAME, --from NAME or --hook HOOK, or --all")
    }
    return try listSilences(tool, path)
  }
  let id = try arguments.integer(AlarmOptions.end, in: 1...Int.max)
  let spool = try Spool.open(at: path, for: id == nil ? .writing : .reading)
  if id != nil { try spool.refuseUnsafeWriting() }
  let files = SilenceFiles(root: spool.root)
  if let id {
    if try onSpool(files.remove(id)) { return .done }
    throw Failure(.notFound, "silence \(id): there is none", remedy: "see 'msg-alarmd silence --list'")
  }
  let now = SystemClock().now()
  let end = try end(arguments, now: now)
  let receiver = try arguments.name(AlarmOptions.to)
  let sender = try arguments.name(AlarmOptions.from)
  let hook = try arguments.hook(AlarmOptions.hook)
  let comment = arguments.value(AlarmOptions.comment) ?? ""
  let made = try onSpool(
    files.add { id in
      Silence(
        id: id, begin: now, end: end, receiver: receiver, sender: sender, hook: hook, coversUrgent: arguments.has(AlarmOptions.urgentToo),
        comment: comment)
    })
  if arguments.has(AlarmOptions.json) { try tool.output.writeLine(made.json.line) }
  tool.diagnostics.detail("silence \(made.id): \(description(made))")
  return .done
}

/// The end that `--for` names; an hour from now without it.
private func end(_ arguments: Arguments, now: Timestamp) throws(Failure) -> Timestamp {
  let text = arguments.value(AlarmOptions.duration) ?? "1h"
  let end: Timestamp?
  do throws(Failure) { end = text.first?.isNumber == true ? try TimeExpression.instant("+\(text)", now: now) : nil } catch { end = nil }
  guard let end, end > now else {
    throw Failure(.usage, "--for '\(text)': no length of time", remedy: "write a number and one of s m h d w, as in 30m or 2h")
  }
  return end
}

private func listSilences(_ tool: Tool, _ path: String) throws(Failure) -> ExitStatus {
  let now = SystemClock().now()
  let root = try Spool.open(at: path, for: .reading).root
  let silences = try onSpool(SilenceFiles.all(root: root)).filter { $0.isInForce(at: now) }
  for silence in silences {
    let line = tool.arguments.has(AlarmOptions.json) ? silence.json.line : "\(silence.id)  \(description(silence))"
    try tool.output.writeLine(tool.arguments.has(AlarmOptions.json) ? line : TerminalText.visible(line))
  }
  return silences.isEmpty ? .nothing : .done
}

/// `until 2026-11-22 15:00, to bob, by sms: moving house`.
func description(_ silence: Silence) -> String {
  var words = ["until \(LocalTime.system.second(silence.end))"]
  if let receiver = silence.receiver { words.append("to \(receiver)") }
  if let sender = silence.sender { words.append("from \(sender)") }
  if let hook = silence.hook { words.append("by \(hook)") }
  if words.count == 1 { words.append("everything") }
  words.append(silence.coversUrgent ? "urgent too" : "but urgent")
  return words.joined(separator: ", ") + (silence.comment.isEmpty ? "" : ": \(silence.comment)")
}

extension Arguments {
  /// The value as the name of a user; a usage error otherwise.
  func name(_ option: Option) throws(Failure) -> Name? {
    guard let text = value(option) else { return nil }
    guard let name = try named(text) else { throw .noName(text, for: option) }
    return name
  }

  /// The value as the name of a hook, whether there is one or not.
  func hook(_ option: Option) throws(Failure) -> HookName? {
    guard let text = value(option) else { return nil }
    guard let hook = HookName(text) else {
      throw Failure(.usage, "--\(option.long) '\(text)': no name of a hook", remedy: "see 'msg-alarmd check' for those there are")
    }
    return hook
  }
}
