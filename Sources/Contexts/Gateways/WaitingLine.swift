// The callers that wait for a slot, in order of arrival, and how long the next one would have to.
//
// A caller joins only if its turn comes in time, by what calls have taken of late; all others are told at once. It waits under
// a number whose lock it holds, so that a caller that was killed is told from one that waits.

package import SharedKernel

package struct WaitingLine: Hashable, Sendable {
  /// Callers that may wait at the same time, whatever the estimate says.
  package static let capacity = 256

  private static let least = Duration.microseconds(1)

  /// The numbers of the callers that wait, the longest waiting first.
  package internal(set) var places: [Int]
  /// How long a call keeps its slot: the mean of the last ones, and how far they are from it. Zero where nothing is known.
  package internal(set) var mean: Duration
  package internal(set) var deviation: Duration
  /// When a call gave its slot back last.
  package internal(set) var used: Timestamp

  package init(places: [Int] = [], mean: Duration = .zero, deviation: Duration = .zero, used: Timestamp) {
    (self.places, self.mean, self.deviation, self.used) = (places, max(.zero, mean), max(.zero, deviation), used)
  }

  /// A call has kept its slot for that time.
  package mutating func slotUsed(for time: Duration, at now: Timestamp) {
    used = now
    guard mean > .zero else { return (mean, deviation) = (max(WaitingLine.least, time.inMicroseconds), (time / 2).inMicroseconds) }
    let error = time - mean
    // As TCP estimates a round trip (RFC 6298).
    mean = max(WaitingLine.least, (mean + error / 8).inMicroseconds)
    deviation = (deviation + (max(error, .zero - error) - deviation) / 4).inMicroseconds
  }

  /// The time after which a caller with `ahead` others before it will have a slot, nearly always. `unknown` is what a call is taken
  /// to need while nothing is known.
  package func wait(ahead: Int, limit: Int, at now: Timestamp, unknown: Duration) -> Duration {
    let (turns, slots) = (ahead + 1, max(1, limit))
    // Where no slot has been given back for long, calls take longer than the last ones did.
    let silence = now.since(used) * slots / 2
    let time = max(mean > .zero ? mean : unknown, min(silence, unknown))
    var root = 1
    while root * root < turns { root += 1 }
    return (time * turns + deviation * (2 * root)) / slots
  }

  package mutating func join(_ place: Int) { places.append(place) }

  package mutating func leave(_ place: Int) { places.removeAll { $0 == place } }

  /// How many wait before that one; nil where it does not wait.
  package func ahead(of place: Int) -> Int? { places.firstIndex(of: place) }

  /// Moves the time it remembers. For a clock that was set.
  package mutating func shift(by step: Duration) { used = used.adding(step) }
}
