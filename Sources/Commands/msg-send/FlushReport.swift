import CommandLineTool
import MessageFormat
import SentMessages
import SharedKernel

/// What a flush did, for `--verbose`: what waited before it, and where that is now.
struct FlushReport {
  private let before: [SentMessage]

  init(_ messages: SentMessageQuery) throws { before = try messages.waiting().map(\.message) }

  /// A line for each message that waits no more, and the sums.
  func lines(_ messages: SentMessageQuery) throws -> [String] {
    let waiting = Dictionary(try messages.waiting().map { ($0.message.id, $0.message.state) }) { first, _ in first }
    var lines: [String] = []
    var counts: [SentMessage.State: Int] = [:]
    for message in before {
      // One whose receiver has deleted it is known by its payment alone.
      let now = try waiting[message.id] ?? messages.message(message.id)?.state ?? .delivered
      counts[now, default: 0] += 1
      if waiting[message.id] != nil { continue }
      let recipients = message.envelope.map { " to \($0.recipients.map(\.text).joined(separator: ","))" } ?? ""
      lines.append("message \(message.id)\(recipients): \(now.rawValue)")
    }
    let sums = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)" }
    return lines + [before.isEmpty ? "nothing waited" : "of \(before.count) that waited: \(sums.joined(separator: ", "))"]
  }
}
