package import SharedKernel

/// All messages of a mailbox, oldest first; the oldest has number 1.
package struct MessageList: Sendable {
  /// A message with its number in the mailbox.
  package struct Numbered: Hashable, Sendable {
    package let number: Int
    package let message: StoredMessage
  }

  package let messages: [Numbered]

  package init(_ stored: [StoredMessage]) {
    messages = stored.sorted().enumerated().map { Numbered(number: $0.offset + 1, message: $0.element) }
  }

  package var unread: [Numbered] { messages.filter(\.message.isUnread) }

  /// The messages that some references name, each once, in the order named.
  ///
  /// One that is not there is an error (66) and none is answered; `next` with nothing unread is "nothing" (1).
  package func messages(named references: [MessageReference]) throws(Failure) -> [Numbered] {
    var (found, seen) = ([Numbered](), Set<Int>())
    for reference in references {
      for message in try messages(named: reference) where seen.insert(message.number).inserted { found.append(message) }
    }
    return found
  }

  private func messages(named reference: MessageReference) throws(Failure) -> [Numbered] {
    switch reference {
    case .number(let number): return [try message(number)]
    case .range(let range):
      _ = try message(range.lowerBound)
      _ = try message(range.upperBound)
      return Array(messages[(range.lowerBound - 1)...(range.upperBound - 1)])
    case .first: return [try message(1)]
    case .last: return [try message(max(1, messages.count))]
    case .next:
      guard let next = messages.first(where: \.message.isUnread) else { throw Failure(.nothing, "") }
      return [next]
    case .id(let word):
      // Ids of ours are written in capitals and read in either case; a base name is what it is.
      guard let found = messages.first(where: { $0.message.base == word || $0.message.id == word || $0.message.id == word.uppercased() })
      else {
        throw Failure(
          .notFound, "no message '\(word)'", remedy: "name a number, a range 3-5, first, last, next or an id; 'msg-read --all' lists them")
      }
      return [found]
    }
  }

  private func message(_ number: Int) throws(Failure) -> Numbered {
    guard messages.indices.contains(number - 1) else {
      let extent = messages.isEmpty ? "the mailbox is empty" : "the mailbox has messages 1 to \(messages.count)"
      throw Failure(.notFound, "no message \(number)", remedy: extent)
    }
    return messages[number - 1]
  }
}
