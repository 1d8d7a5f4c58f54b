internal import Ledger
internal import MessageFormat
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension SentMessageQuery {
  /// The newest `limit` of what a user sent, or of what all did, the oldest of them first: what was charged for, what still waits, and what
  /// was given up.
  package func messages(of sender: Name?, since: Timestamp?, limit: Int) throws(Failure) -> [SentMessage] {
    var list = AcceptedList(limit: limit, since: since)
    for place in [SpoolFolder.outbox, .deferred, .voiding, .failed] {
      guard let folder = try onSpool(root.folderIfPresent(place)) else { continue }
      for name in try onSpool(folder.names(of: .file)) {
        guard let id = MessageID(name), let envelope = try onSpool(folder.envelope(of: name)),
          sender == nil || envelope.sender == sender
        else { continue }
        list.place(id, at: envelope.date)
      }
    }
    var charges: [MessageID: BookEntry] = [:]
    try entries.forEachEntry(of: sender) { entry throws(Failure) in
      if list.isComplete(before: entry.time) { return false }
      guard sender == nil || entry.posting.sender == sender, let id = entry.posting.id,
        entry.posting.subject == .message || entry.posting.external != nil
      else { return true }
      let charge = entry.posting.isCharge && charges[id] == nil ? entry : nil
      if let charge { charges[id] = charge }
      // The record of a refund does not tell when its message was accepted; that of the charge, further back, does.
      if let time = MessageMemo.time(entry.posting.memo) ?? charge?.time { list.place(id, at: time) } else { list.note(id, entry.time) }
      return true
    }
    let chosen = list.ids
    let search = try onSpool(CopySearch(in: root, only: chosen))
    var messages: [SentMessage] = []
    for id in chosen {
      guard let message = try message(id, search, charge: { charges[$0.id] }) else { continue }
      // An account may pay for several senders.
      if sender == nil || message.envelope.map({ $0.sender == sender }) ?? true { messages.append(message) }
    }
    return messages
  }
}

/// The newest messages, by when they were accepted, of what is met from the newest record to the oldest.
private struct AcceptedList {
  let limit: Int
  let since: Timestamp?
  private var times: [MessageID: Timestamp] = [:]
  /// Those of which only later records were met so far, with the newest one's time.
  private var unplaced: [MessageID: Timestamp] = [:]
  /// The newest `limit` times, descending.
  private var newest: [Timestamp] = []

  init(limit: Int, since: Timestamp?) { (self.limit, self.since) = (limit, since) }

  mutating func place(_ id: MessageID, at time: Timestamp) {
    unplaced[id] = nil
    guard times[id] == nil else { return }
    times[id] = time
    let index = newest.lastIndex { $0 >= time }.map { $0 + 1 } ?? 0
    newest.insert(time, at: index)
    if newest.count > limit { newest.removeLast() }
  }

  mutating func note(_ id: MessageID, _ time: Timestamp) {
    if times[id] == nil, unplaced[id] == nil { unplaced[id] = time }
  }

  /// Whether nothing that was recorded before `time` can be in the list: a message is charged after it was accepted.
  func isComplete(before time: Timestamp) -> Bool {
    if let since, time < since { return true }
    guard newest.count == limit, let last = newest.last else { return limit == 0 }
    return time < last
  }

  /// The oldest first.
  var ids: [MessageID] {
    var all = unplaced
    for (id, time) in times { all[id] = time }
    return all.filter { since == nil || $0.value >= since ?? $0.value }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      .suffix(limit).map { $0.key }
  }
}
