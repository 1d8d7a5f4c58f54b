internal import SharedKernel

/// How many hooks were started within the last seconds.
struct StartRate: Sendable {
  private let window: Duration
  private var times: [Timestamp] = []
  /// Those before it are longer ago.
  private var begin = 0

  init(window: Duration = .seconds(1)) { self.window = window }

  mutating func note(_ now: Timestamp) { times.append(now) }

  /// Whether nothing was started within the window before `now`.
  func isIdle(at now: Timestamp) -> Bool { times.last.map { $0.adding(window) <= now } ?? true }

  /// Starts within the window before `now`, which never goes backwards.
  mutating func count(at now: Timestamp) -> Int {
    while begin < times.count, times[begin].adding(window) <= now { begin += 1 }
    if begin > 64, begin * 2 > times.count {
      times.removeFirst(begin)
      begin = 0
    }
    return times.count - begin
  }

  /// When there is room again, where that many are too many.
  mutating func isReached(_ limit: Int, at now: Timestamp) -> Timestamp? {
    count(at: now) >= limit && begin < times.count ? times[begin].adding(window) : nil
  }
}
