// The callers that wait for a slot, in order of arrival, and how long the next one would have to.
//
// A caller joins only if its turn comes in time, by what calls have taken of late; all others are told at once. It waits under
// a number whose lock it holds, so that a caller that was killed is told from one that waits.

package import SharedKernel

package struct WaitingLine: Hashable, Sendable {
  /// Callers that may wait at the same time, whatever the estimate says.
  package static let capacity = 256

  /// The numbers of those who wait, the longest waiting first.
  package internal(set) var places: [Int]
  /// What a call keeps its slot for, in microseconds: the mean of the last ones, and how far they are from it. 0 where nothing is known.
  package internal(set) var mean: Int64
  package internal(set) var deviation: Int64
  /// When a call gave its slot back last.
  package internal(set) var used: Timestamp

  package init(places: [Int] = [], mean: Int64 = 0, deviation: Int64 = 0, used: Timestamp) {
    (self.places, self.mean, self.deviation, self.used) = (places, max(0, mean), max(0, deviation), used)
  }

  /// A call has kept its slot for so many microseconds.
  package mutating func slotUsed(for time: Int64, at now: Timestamp) {
    used = now
    guard mean > 0 else { return (mean, deviation) = (max(1, time), time / 2) }
    let error = time - mean
    // As TCP estimates a round trip (RFC 6298).
    mean = max(1, mean + error / 8)
    deviation += (abs(error) - deviation) / 4
  }

  /// Microseconds after which a caller with `ahead` others before it will have a slot, nearly always. `unknown` is what a call is taken
  /// to need while nothing is known.
  package func wait(ahead: Int, limit: Int, at now: Timestamp, unknown: Int64) -> Int64 {
    let (turns, slots) = (Int64(ahead + 1), Int64(max(1, limit)))
    // Where no slot has been given back for long, calls take longer than the last ones did.
    let silence = (now.microseconds - used.microseconds).saturatingProduct(slots) / 2
    let time = max(mean > 0 ? mean : unknown, min(silence, unknown))
    var root: Int64 = 1
    while root * root < turns { root += 1 }
    return turns.saturatingProduct(time).saturatingSum(deviation.saturatingProduct(2 * root)) / slots
  }

  package mutating func join(_ place: Int) { places.append(place) }

  package mutating func leave(_ place: Int) { places.removeAll { $0 == place } }

  /// How many wait before that one; nil where it does not wait.
  package func ahead(of place: Int) -> Int? { places.firstIndex(of: place) }

  /// Moves the time it remembers. For a clock that was set.
  package mutating func shift(microseconds: Int64) { used = used.adding(microseconds: microseconds) }
}
