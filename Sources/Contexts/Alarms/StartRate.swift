internal import SharedKernel

/// How many hooks were started within the last second.
struct StartRate: Sendable {
  private var times: [Timestamp] = []
  /// Those before it are longer ago.
  private var begin = 0

  mutating func note(_ now: Timestamp) { times.append(now) }

  /// Starts within the second before `now`, which never goes backwards.
  mutating func count(at now: Timestamp) -> Int {
    while begin < times.count, times[begin].adding(seconds: 1) <= now { begin += 1 }
    if begin > 64, begin * 2 > times.count {
      times.removeFirst(begin)
      begin = 0
    }
    return times.count - begin
  }

  /// When there is room again, where that many are too many.
  mutating func isReached(_ limit: Int, at now: Timestamp) -> Timestamp? {
    count(at: now) >= limit && begin < times.count ? times[begin].adding(seconds: 1) : nil
  }
}
