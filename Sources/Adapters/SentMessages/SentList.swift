internal import Ledger
internal import MessageFormat
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension SentMessageQuery {
  /// What a user sent, the oldest first: what was charged for, what still waits, and what was given up.
  package func messages(of sender: Name, since: Timestamp?, limit: Int) throws -> [SentMessage] {
    var times: [MessageID: Timestamp] = [:]
    var charges: [MessageID: Entry] = [:]
    try entries.forEachEntry(of: sender) { entry throws(Failure) in
      guard let id = entry.posting.id, entry.posting.subject == .message || entry.posting.external != nil else { return true }
      if entry.posting.isCharge { charges[id] = entry }
      times[id] = AcceptanceMemo.time(entry.posting.memo) ?? entry.time
      return true
    }
    for place in [SpoolFolder.outbox, .deferred, .voiding, .failed] {
      guard let folder = try root.folderIfPresent(place) else { continue }
      for entry in try folder.list().entries {
        guard let id = MessageID(entry.name), let envelope = try folder.envelope(of: entry.name), envelope.sender == sender
        else { continue }
        times[id] = envelope.date
      }
    }
    let chosen = times.filter { since == nil || $0.value >= since ?? $0.value }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      .prefix(limit)
    let search = try CopySearch(in: root, only: chosen.map(\.key))
    return try chosen.compactMap { try message($0.key, search) { charges[$0] } }
  }
}
