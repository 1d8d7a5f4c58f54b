import CommandLineTool
import MessageFormat
import SentMessages
import SharedKernel

/// What a flush did, for `--verbose`: what waited before it, and where that is now.
struct FlushReport {
  private let before: [SentMessage]

  init(_ messages: SentMessageQuery) throws(Failure) { before = try messages.waiting().map { $0.message } }

  /// A line for each message that waits no more, and the sums.
  func lines(_ messages: SentMessageQuery) throws(Failure) -> [String] {
    var waiting: [MessageID: SentMessage.State] = [:]
    for (message, _) in try messages.waiting() { waiting[message.id] = message.state }
    var lines: [String] = []
    var counts: [SentMessage.State: Int] = [:]
    for message in before {
      // One whose receiver has deleted it is known by its payment alone.
      var now = waiting[message.id]
      if now == nil { now = try messages.message(message.id)?.state }
      let state = now ?? .delivered
      counts[state, default: 0] += 1
      if waiting[message.id] != nil { continue }
      let recipients = message.envelope.map { " to \($0.recipients.map { $0.text }.joined(separator: ","))" } ?? ""
      lines.append("message \(message.id)\(recipients): \(state.rawValue)")
    }
    let sums = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)" }
    return lines + [before.isEmpty ? "nothing waited" : "of \(before.count) that waited: \(sums.joined(separator: ", "))"]
  }
}
