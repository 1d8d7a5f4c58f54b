/// How the number of slots is found: by the rule under test, or by one of those it was chosen from.
enum LimitRule: Hashable {
  case trials
  case fixed(Int)
  /// One more while callers wait, a tenth less after a time-out, as Netflix concurrency-limits' AIMDLimit.
  case aimd
  /// The long average of the latency over the short one, with room for half as much again: Netflix concurrency-limits' Gradient2Limit.
  case gradient
  /// The queue that the least latency of the last 10 s leads one to expect: TCP Vegas, as Netflix concurrency-limits' VegasLimit.
  case vegas

  func rival(slots: Int) -> (any RivalLimit)? {
    switch self {
    case .trials: nil
    case .fixed(let limit): FixedLimit(limit: limit)
    case .aimd: AIMDLimit(maximum: slots)
    case .gradient: GradientLimit(maximum: slots)
    case .vegas: VegasLimit(maximum: slots)
    }
  }
}

protocol RivalLimit {
  var limit: Int { get }
  mutating func callEnded(at time: Int64, elapsed: Int64, isAnswered: Bool, inFlight: Int, isCrowded: Bool)
}

struct FixedLimit: RivalLimit {
  let limit: Int
  mutating func callEnded(at time: Int64, elapsed: Int64, isAnswered: Bool, inFlight: Int, isCrowded: Bool) {}
}

struct AIMDLimit: RivalLimit {
  let maximum: Int
  private var exact = 10.0
  var limit: Int { max(1, min(maximum, Int(exact))) }
  init(maximum: Int) { (self.maximum, exact) = (maximum, Double(min(10, maximum))) }

  mutating func callEnded(at time: Int64, elapsed: Int64, isAnswered: Bool, inFlight: Int, isCrowded: Bool) {
    if !isAnswered { exact = max(1, exact * 0.9) } else if inFlight * 2 >= limit { exact = min(Double(maximum), exact + 1 / exact) }
  }
}

struct GradientLimit: RivalLimit {
  let maximum: Int
  private var exact: Double
  private var long = 0.0
  var limit: Int { max(1, min(maximum, Int(exact))) }
  init(maximum: Int) { (self.maximum, exact) = (maximum, Double(min(10, maximum))) }

  mutating func callEnded(at time: Int64, elapsed: Int64, isAnswered: Bool, inFlight: Int, isCrowded: Bool) {
    let short = Double(elapsed)
    long = long == 0 ? short : long + (short - long) * 2 / 601
    if long / short > 2 { long *= 0.95 }
    guard inFlight * 2 >= limit else { return }
    let gradient = max(0.5, min(1, 1.5 * long / short))
    let wanted = exact * gradient + 4
    exact = max(1, min(Double(maximum), exact * 0.8 + wanted * 0.2))
  }
}

struct VegasLimit: RivalLimit {
  let maximum: Int
  private var exact: Double
  /// The least latency of each of the last seconds.
  private var recent: [(second: Int64, elapsed: Int64)] = []
  var limit: Int { max(1, min(maximum, Int(exact))) }
  init(maximum: Int) { (self.maximum, exact) = (maximum, Double(min(10, maximum))) }

  mutating func callEnded(at time: Int64, elapsed: Int64, isAnswered: Bool, inFlight: Int, isCrowded: Bool) {
    let second = time / 1_000_000
    if recent.last?.second != second { recent = recent.filter { $0.second > second - 10 } + [(second, elapsed)] }
    recent[recent.count - 1].elapsed = min(recent[recent.count - 1].elapsed, elapsed)
    guard inFlight * 2 >= limit, let least = recent.map(\.elapsed).min() else { return }
    let queue = exact * (1 - Double(least) / Double(elapsed))
    let scale = max(1, Double(limit).squareRoot() / 2)
    if !isAnswered || queue > 6 * scale {
      exact = max(1, exact - scale / exact)
    } else if queue < 3 * scale {
      exact = min(Double(maximum), exact + scale / exact)
    }
  }
}
