package import SharedKernel

/// Calls that began one after the other under the same limit, whenever they end.
package struct LimitRound: Hashable, Sendable {
  /// Never used twice, so that a call of an earlier round is recognised.
  package let number: Int
  package private(set) var began: Timestamp
  /// When its last call began; when it began itself as long as calls are missing.
  package private(set) var filled: Timestamp
  package private(set) var begun: Int
  /// Calls that the limit held back.
  package private(set) var crowded: Int
  package private(set) var ended: Int
  package private(set) var answered: Int
  /// Microseconds, of all calls that have ended together.
  package private(set) var time: Int64
  private var isFilled: Bool { filled > began }

  package init(number: Int, at time: Timestamp) {
    self.init(number: number, began: time, filled: time, begun: 0, crowded: 0, ended: 0, answered: 0, time: 0)
  }

  /// As it was remembered.
  package init(number: Int, began: Timestamp, filled: Timestamp, begun: Int, crowded: Int, ended: Int, answered: Int, time: Int64) {
    (self.number, self.began, self.filled) = (number, began, filled)
    (self.begun, self.crowded, self.ended, self.answered, self.time) = (begun, crowded, ended, answered, time)
  }

  /// A call begins; false where the round has its `size` calls already.
  mutating func begin(at now: Timestamp, size: Int, isCrowded: Bool) -> Bool {
    if isFilled { return false }
    begun += 1
    crowded += isCrowded ? 1 : 0
    if begun >= size { filled = max(now, began.adding(microseconds: 1)) }
    return true
  }

  /// A call has ended; whether that was the last one.
  mutating func end(elapsed: Int64, isAnswered: Bool) -> Bool {
    ended += 1
    answered += isAnswered ? 1 : 0
    time = time.saturatingSum(max(0, elapsed))
    return isFilled && ended >= begun
  }

  /// A call that began is not to be counted; another one takes its place.
  mutating func cancel() { (begun, filled) = (max(0, begun - 1), began) }

  /// Microseconds for an answered call.
  var cost: Int64 { cost(rest: 0, each: 0) }

  /// The same if `rest` more calls are answered after so many microseconds each.
  func cost(rest: Int, each cost: Int64) -> Int64 {
    let (more, calls) = (Int64(max(0, rest)), Int64(answered).saturatingSum(Int64(max(0, rest))))
    return max(1, time.saturatingSum(cost.saturatingProduct(more)) / max(1, calls))
  }

  /// Whether the limit held half of its calls back.
  var isCrowded: Bool { crowded * 2 >= begun }
  /// Whether most of its calls were not answered in time.
  var isLost: Bool { answered * 2 < ended }

  mutating func shift(microseconds: Int64) {
    began = began.adding(microseconds: microseconds)
    filled = filled.adding(microseconds: microseconds)
  }
}
