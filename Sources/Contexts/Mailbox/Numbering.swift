package import SharedKernel

/// Numbers count all messages of a mailbox, oldest first; the oldest has number 1.
extension MailboxView {
  /// The numbers of the messages that some references name, each once, in the order named.
  ///
  /// One that is not there is an error (66) and none is answered; `next` with nothing unread is "nothing" (1).
  package func numbers(named references: [MessageReference]) throws(Failure) -> [Int] {
    try settle()
    var (found, seen) = ([Int](), Set<Int>())
    for reference in references {
      for number in try numbers(named: reference) where seen.insert(number).inserted { found.append(number) }
    }
    return found
  }

  private func numbers(named reference: MessageReference) throws(Failure) -> ClosedRange<Int> {
    switch reference {
    case .number(let number): return try existing(number)...number
    case .range(let range): return try existing(range.lowerBound)...existing(range.upperBound)
    case .first: return try existing(1)...1
    case .last: return try existing(max(1, counts.total))...max(1, counts.total)
    case .next:
      guard let next = try numbers(with: .unread).first else { throw Failure(.nothing, "") }
      return next...next
    case .id(let word):
      guard let number = try number(ofID: word) else {
        throw Failure(
          .notFound, "no message '\(word)'", remedy: "name a number, a range 3-5, first, last, next or an id; 'msg-read --all' lists them")
      }
      return number...number
    }
  }

  private func existing(_ number: Int) throws(Failure) -> Int {
    guard (1...max(1, counts.total)).contains(number), counts.total > 0 else {
      let extent = counts.total == 0 ? "the mailbox is empty" : "the mailbox has messages 1 to \(counts.total)"
      throw Failure(.notFound, "no message \(number)", remedy: extent)
    }
    return number
  }

  /// The newest message first: an id is mostly one that has just been seen.
  private func number(ofID word: String) throws(Failure) -> Int? {
    // Ids of ours are written in capitals and read in either case; a base name is what it is.
    let (wanted, capitals) = (Array(word.utf8)[...], Array(word.uppercased().utf8)[...])
    for number in stride(from: counts.total, to: 0, by: -1) {
      let entry = try entry(number)
      let id = entry.bytes(.id)
      if id == capitals || id == wanted || StoredMessage.base(ofName: entry.bytes(.name)) == wanted { return number }
    }
    return nil
  }

  /// The numbers of the messages that have all of a state, ascending. They are sought from the newest, where they mostly are.
  package func numbers(with state: MessageState) throws(Failure) -> [Int] {
    let limit = state == .unread ? counts.unread : state == .flagged ? counts.flagged : Int.max
    var found: [Int] = []
    var number = counts.total
    while number > 0, found.count < limit {
      if try self.state(of: number).isSuperset(of: state) { found.append(number) }
      number -= 1
    }
    return found.reversed()
  }
}
