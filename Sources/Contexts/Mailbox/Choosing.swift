package import SharedKernel

/// Chooses messages of a view by a selection, one at a time: nothing but numbers is held of those that wait.
package struct Choosing {
  private let selection: Selection
  private let view: any MailboxView
  /// Looks at the file of an entry; nil where it is gone or was reported.
  private let complete: (MailboxEntry) throws(Failure) -> MailboxEntry?
  /// The text of a message.
  private let text: (MailboxEntry) throws(Failure) -> [UInt8]

  package init(
    _ selection: Selection, in view: any MailboxView, complete: @escaping (MailboxEntry) throws(Failure) -> MailboxEntry?,
    text: @escaping (MailboxEntry) throws(Failure) -> [UInt8]
  ) {
    (self.selection, self.view, self.complete, self.text) = (selection, view, complete, text)
  }

  /// Calls `body` with every message chosen, complete, in order.
  package func each(_ body: (MailboxEntry) throws(Failure) -> Void) throws(Failure) {
    try view.settle()
    try view.expect(complete: selection.expected(of: view.counts))
    if let order = selection.order {
      for number in try sorted(by: order) { if let entry = try whole(number) { try body(entry) } }
      return
    }
    var (skipped, taken) = (0, 0)
    try eachCandidate(isBackward: selection.newestFirst) { number throws(Failure) in
      if taken == selection.limit ?? Int.max { return false }
      // What only names decide is not opened to be passed over.
      if !selection.needsContent, skipped < selection.offset {
        skipped += 1
        return true
      }
      guard let entry = try whole(number), try selection.fits(entry, text: { () throws(Failure) in try text(entry) }) else { return true }
      if skipped < selection.offset {
        skipped += 1
      } else {
        taken += 1
        try body(entry)
      }
      return true
    }
  }

  /// The numbers of the messages chosen, in order. Opens no file where names alone decide.
  package func numbers() throws(Failure) -> [Int] {
    try view.settle()
    var numbers: [Int] = []
    if selection.needsContent {
      try each { numbers.append($0.number) }
      return numbers
    }
    var skipped = 0
    try eachCandidate(isBackward: selection.newestFirst) { number throws(Failure) in
      if numbers.count == selection.limit ?? Int.max { return false }
      if skipped < selection.offset { skipped += 1 } else { numbers.append(number) }
      return true
    }
    return numbers
  }

  /// Whether a complete message is one of those selected, wherever it stands.
  package func fits(_ entry: MailboxEntry) throws(Failure) -> Bool {
    entry.facts.state.isSuperset(of: selection.state)
      ? try selection.fits(entry, text: { () throws(Failure) in try text(entry) }) : false
  }

  /// The message with a number, looked at; nil where it is gone or was reported.
  package func whole(_ number: Int) throws(Failure) -> MailboxEntry? {
    let entry = try view.entry(number)
    return entry.isComplete ? entry : try complete(entry)
  }

  /// Calls `body` with the number of each message whose name and place fit, until it answers false.
  private func eachCandidate(isBackward: Bool, _ body: (Int) throws(Failure) -> Bool) throws(Failure) {
    if selection.state.isEmpty {
      let total = view.counts.total
      for step in 0..<total { if try !body(isBackward ? total - step : step + 1) { return } }
    } else {
      let numbers = try view.numbers(with: selection.state)
      for step in numbers.indices { if try !body(isBackward ? numbers[numbers.count - 1 - step] : numbers[step]) { return } }
    }
  }

  /// A message and what it is sorted by.
  private struct SortKey {
    let number: Int
    /// Microseconds, bytes, or the rank of the sender.
    var value: Int64
  }

  private func sorted(by order: Selection.Order) throws(Failure) -> [Int] {
    var keys: [SortKey] = []
    var senders: [ArraySlice<UInt8>: Int64] = [:]
    try eachCandidate(isBackward: false) { number throws(Failure) in
      guard let entry = try whole(number), try selection.fits(entry, text: { () throws(Failure) in try text(entry) }) else { return true }
      switch order {
      case .date: keys.append(SortKey(number: number, value: entry.facts.date?.microseconds ?? 0))
      case .size: keys.append(SortKey(number: number, value: entry.facts.size))
      case .from:
        let sender = ArraySlice(Array(entry.bytes(.sender)))
        let known = senders[sender] ?? Int64(senders.count)
        senders[sender] = known
        keys.append(SortKey(number: number, value: known))
      }
      return true
    }
    if order == .from {
      var ranks = [Int64](repeating: 0, count: senders.count)
      for (rank, sender) in senders.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).enumerated() {
        ranks[Int(sender.value)] = Int64(rank)
      }
      for index in keys.indices { keys[index].value = ranks[Int(keys[index].value)] }
    }
    keys.sort { $0.value != $1.value ? $0.value < $1.value : $0.number < $1.number }
    if selection.newestFirst { keys.reverse() }
    return keys.dropFirst(selection.offset).prefix(selection.limit ?? Int.max).map { $0.number }
  }
}
