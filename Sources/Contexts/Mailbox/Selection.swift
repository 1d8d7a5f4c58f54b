package import SharedKernel

/// Which messages a command is about, and in which order, where none is named.
package struct Selection: Sendable {
  package enum Order: String, CaseIterable, Sendable { case date, from, size }

  package var onlyUnread = true
  package var onlyFlagged = false
  /// The sender, as shown or as what stands before the `@`, compared exactly; or the whole mail address, case ignored. One of several; empty
  /// for any.
  package var senders: [String] = []
  /// Sent at or after this.
  package var since: Timestamp?
  /// Sent before this.
  package var until: Timestamp?
  /// In subject or text, case ignored.
  package var match: String? { didSet { words = match.map { SearchWords($0) } } }
  private var words: SearchWords?
  /// Nil for the order of the numbers.
  package var order: Order?
  package var newestFirst = false
  package var offset = 0
  package var limit: Int?

  package init() {}

  /// False where names alone decide, and no file has to be opened to choose.
  package var needsContent: Bool {
    !senders.isEmpty || since != nil || until != nil || match != nil || order != nil
  }

  /// What place and name must say of a message.
  package var state: MessageState { (onlyUnread ? MessageState.unread : []).union(onlyFlagged ? .flagged : []) }

  /// About how many messages have to be looked at.
  package func expected(of counts: MailboxCounts) -> Int {
    let candidates = min(onlyUnread ? counts.unread : counts.total, onlyFlagged ? counts.flagged : counts.total)
    if needsContent { return candidates }
    let (end, overflow) = offset.addingReportingOverflow(limit ?? candidates)
    return overflow ? candidates : min(candidates, end)
  }

  /// Whether what was read of a message fits; `text` is only asked for where `match` needs it.
  package func fits(_ entry: MailboxEntry, text: () throws(Failure) -> [UInt8]) throws(Failure) -> Bool {
    if !senders.isEmpty, !senders.contains(where: { Selection.isFrom($0, entry) }) { return false }
    if since != nil || until != nil {
      guard let date = entry.facts.date else { return false }
      if let since, date < since { return false }
      if let until, date >= until { return false }
    }
    guard let words else { return true }
    return words.occur(in: entry.text(.subject)) ? true : words.occur(in: String(decoding: try text(), as: UTF8.self))
  }

  private static func isFrom(_ sender: String, _ entry: MailboxEntry) -> Bool {
    let wanted = Array(sender.utf8)[...]
    if entry.bytes(.sender) == wanted { return true }
    let address = entry.bytes(.senderAddress)
    if (address.lastIndex(of: UInt8(ascii: "@")).map { address[..<$0] } ?? address) == wanted { return true }
    return sender.contains("@") && entry.text(.senderAddress).lowercased() == sender.lowercased()
  }
}
