/// The cursor: the highest sequence up to which every outcome is final. What lies behind it is never looked at again.
struct CursorRule {
  /// The highest sequence that was read.
  private(set) var read: Int
  /// How many outcomes each sequence still waits for.
  private var open: [Int: Int] = [:]
  /// The sequences that were opened, ascending; the finished ones are dropped when they come to the front.
  private var order: [Int] = []
  private var start = 0

  init(at cursor: Int) { read = cursor }

  var cursor: Int { start < order.count ? order[start] - 1 : read }

  /// The sequence was read and waits for so many outcomes. Sequences come in ascending order.
  mutating func advance(to sequence: Int, outcomes: Int) {
    precondition(sequence > read)
    read = sequence
    if outcomes > 0 {
      open[sequence] = outcomes
      order.append(sequence)
    }
  }

  /// A sequence that was held open turned out to wait for so many outcomes.
  mutating func reopen(_ sequence: Int, outcomes: Int) {
    open[sequence] = outcomes
    if outcomes == 0 { close(sequence) }
  }

  /// A sequence that still waits for outcomes waits for one more.
  mutating func expectOneMore(_ sequence: Int) { if let left = open[sequence] { open[sequence] = left + 1 } }

  /// One outcome of the sequence is final.
  mutating func finish(_ sequence: Int) {
    guard let left = open[sequence] else { return }
    open[sequence] = left - 1
    if left <= 1 { close(sequence) }
  }

  private mutating func close(_ sequence: Int) {
    open[sequence] = nil
    while start < order.count, open[order[start]] == nil { start += 1 }
    if start > 1024, start * 2 > order.count {
      order.removeFirst(start)
      start = 0
    }
  }
}
