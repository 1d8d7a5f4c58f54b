package import SharedKernel

/// Calls that began one after the other under the same limit, whenever they end.
package struct LimitRound: Hashable, Sendable {
  /// Calls of a round, and of a limit, that a file may tell of.
  static let most = 1_000_000

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
  /// Of all calls that have ended together.
  package private(set) var time: Duration
  private var isFilled: Bool { filled > began }

  package init(number: Int, at time: Timestamp) {
    self.init(number: number, began: time, filled: time, begun: 0, crowded: 0, ended: 0, answered: 0, time: .zero)
  }

  /// As it was remembered.
  package init(number: Int, began: Timestamp, filled: Timestamp, begun: Int, crowded: Int, ended: Int, answered: Int, time: Duration) {
    (self.number, self.began, self.filled) = (number, began, filled)
    func count(_ number: Int) -> Int { min(max(0, number), LimitRound.most) }
    (self.begun, self.crowded, self.ended, self.answered) = (count(begun), count(crowded), count(ended), count(answered))
    self.time = min(max(.zero, time), .days(1))
  }

  /// A call begins; false where the round has its `size` calls already.
  mutating func begin(at now: Timestamp, size: Int, isCrowded: Bool) -> Bool {
    if isFilled { return false }
    begun += 1
    crowded += isCrowded ? 1 : 0
    if begun >= size { filled = max(now, began.adding(.microseconds(1))) }
    return true
  }

  /// A call has ended; whether that was the last one.
  mutating func end(elapsed: Duration, isAnswered: Bool) -> Bool {
    ended += 1
    answered += isAnswered ? 1 : 0
    time += max(.zero, elapsed.inMicroseconds)
    return isFilled && ended >= begun
  }

  /// A call that began is not to be counted; another one takes its place.
  mutating func cancel() { (begun, filled) = (max(0, begun - 1), began) }

  /// What an answered call cost.
  var cost: Duration { cost(rest: 0, each: .zero) }

  /// The same if `rest` more calls are answered after `cost` each.
  func cost(rest: Int, each cost: Duration) -> Duration {
    let more = max(0, rest)
    return max(.microseconds(1), (time + cost * more) / max(1, answered + more))
  }

  /// Whether the limit held half of its calls back.
  var isCrowded: Bool { crowded * 2 >= begun }
  /// Whether most of its calls were not answered in time.
  var isLost: Bool { answered * 2 < ended }

  mutating func shift(by step: Duration) {
    began = began.adding(step)
    filled = filled.adding(step)
  }
}
