import HookProcess
import AlarmStore
import Alarms
import Assembly
import CommandLineTool
import MailboxAssembly
import SharedKernel
import SpoolLayout

/// What a shell offers for the words of `msg-alarmd`.
func candidates(_ kind: CandidateKind, _ position: CompletionPosition) throws(Failure) -> [Candidate] {
  let spool = try Spool.open(at: try spoolLocation(option: position.arguments.value(CommonOptions.spool)), for: .reading)
  switch kind {
  case .recipient: return try SpoolCandidates(spool).recipients()
  case .hook: return try AlarmSettings(spool).catalogue().runnable.map { Candidate($0.text) }
  case .silence:
    let now = SystemClock().now()
    return try onSpool(SilenceFiles.all(root: spool.root)).filter { $0.isInForce(at: now) }.map {
      Candidate(String($0.id), description($0))
    }
  case .alarm: return try alarmCandidates(spool)
  default: return []
  }
}

/// The alarms of the newest lines of the history, the newest first.
private func alarmCandidates(_ spool: Spool) throws(Failure) -> [Candidate] {
  var seen: Set<String> = []
  return try onSpool(HistoryReader(root: spool.root)).newest(100, from: nil) { $0.alarm != nil }.lines.reversed().compactMap { line in
    guard let id = line.alarm?.description, seen.insert(id).inserted else { return nil }
    let words = [line.state.rawValue, line.kind?.rawValue, line.receiver.map { "to \($0)" }, line.hook.map { "by \($0)" }]
    return Candidate(id, words.compactMap { $0 }.joined(separator: " "))
  }
}
