package import SharedKernel

/// Which messages a command is about, and in which order, where none is named.
package struct Selection: Sendable {
  package enum Order: String, CaseIterable, Sendable { case date, from, size }

  package var onlyUnread = true
  package var onlyFlagged = false
  /// The sender, as shown or as what stands before the `@`; compared exactly.
  package var sender: String?
  /// Sent at or after this.
  package var since: Timestamp?
  /// Sent before this.
  package var until: Timestamp?
  /// In subject or text, case ignored.
  package var match: String?
  /// Nil for the order of the numbers.
  package var order: Order?
  package var newestFirst = false
  package var offset = 0
  package var limit: Int?

  package init() {}

  /// False where names alone decide, and no file has to be opened to choose.
  package var needsContent: Bool {
    sender != nil || since != nil || until != nil || match != nil || order != nil
  }

  /// Chooses by names alone; order and extent come later where `needsContent`.
  package func byName(_ list: MessageList) -> [MessageList.Numbered] {
    let chosen = list.messages.filter { entry in
      (!onlyUnread || entry.message.isUnread) && (!onlyFlagged || entry.message.flags.contains(.flagged))
    }
    return needsContent ? chosen : extent(newestFirst ? chosen.reversed() : chosen)
  }

  /// Whether what was read of a message fits; `text` is only asked for where `match` needs it.
  package func fits(_ summary: Summary, text: () throws -> [UInt8]) rethrows -> Bool {
    if let sender, summary.sender != sender, summary.senderName != sender { return false }
    if let since, summary.date < since { return false }
    if let until, summary.date >= until { return false }
    guard let match else { return true }
    let wanted = Array(match.lowercased().utf8)
    if Selection.contains(Array(summary.subject.lowercased().utf8), wanted) { return true }
    return Selection.contains(Array(String(decoding: try text(), as: UTF8.self).lowercased().utf8), wanted)
  }

  /// Brings what fits into order and cuts it to its extent.
  package func arranged(_ chosen: [NumberedSummary]) -> [NumberedSummary] {
    guard needsContent else { return chosen }
    let sorted = chosen.sorted { left, right in
      switch order {
      case .date where left.summary.date != right.summary.date: left.summary.date < right.summary.date
      case .from where left.summary.sender != right.summary.sender:
        left.summary.sender.utf8.lexicographicallyPrecedes(right.summary.sender.utf8)
      case .size where left.summary.size != right.summary.size: left.summary.size < right.summary.size
      default: left.number < right.number
      }
    }
    return extent(newestFirst ? sorted.reversed() : sorted)
  }

  private func extent<Element>(_ entries: [Element]) -> [Element] {
    Array(entries.dropFirst(offset).prefix(limit ?? Int.max))
  }

  private static func contains(_ text: [UInt8], _ wanted: [UInt8]) -> Bool {
    guard let first = wanted.first else { return true }
    var rest = text[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: wanted) { return true }
      rest.removeFirst()
    }
    return false
  }
}

/// A summary with the message's number in the mailbox.
package struct NumberedSummary: Hashable, Sendable {
  package let number: Int
  package let summary: Summary

  package init(number: Int, summary: Summary) { (self.number, self.summary) = (number, summary) }
}
