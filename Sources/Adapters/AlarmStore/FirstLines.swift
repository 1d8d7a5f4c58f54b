/// Where the first line about each sequence in front of which the cursor stands begins: from the lowest of them on the history is
/// needed after a restart. Lines are noted in the order in which they stand in the history, so the lowest is the oldest that is left.
struct FirstLines {
  private var order: [(sequence: Int, position: HistoryPosition)] = []
  /// Those before it are forgotten.
  private var begin = 0
  private var known: Set<Int> = []

  var lowest: HistoryPosition? { begin < order.count ? order[begin].position : nil }

  mutating func note(_ sequence: Int, at position: HistoryPosition) {
    if known.insert(sequence).inserted { order.append((sequence, position)) }
  }

  /// The cursor has moved to this sequence.
  mutating func forget(upTo cursor: Int) {
    while begin < order.count, order[begin].sequence <= cursor {
      known.remove(order[begin].sequence)
      begin += 1
    }
    if begin > 1024, begin * 2 > order.count {
      order.removeFirst(begin)
      begin = 0
    }
  }
}
