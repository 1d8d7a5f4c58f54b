internal import SharedKernel

/// What a subject has used in the current hour, day and month.
struct Usage: Hashable, Sendable {
  struct Count: Hashable, Sendable {
    var messages: Int64 = 0
    var credit: Int64 = 0

    subscript(unit: Limit.Unit) -> Int64 { unit == .messages ? messages : credit }
  }

  private static let periods: [Period] = [.hour, .day, .month]

  /// When it was counted last.
  private(set) var latest: Timestamp
  private var counts: [Period: Count]

  /// Nothing used.
  init(at now: Timestamp) { (latest, counts) = (now, [:]) }

  func count(_ period: Period) -> Count { counts[period] ?? Count() }

  /// The same at a later time: what was used in periods that are over is forgotten.
  func rolled(to now: Timestamp, _ zone: LocalTime) -> Usage {
    var usage = self
    for period in Usage.periods where period.range(of: now, zone).lowerBound > latest { usage.counts[period] = nil }
    usage.latest = max(latest, now)
    return usage
  }

  /// With a charge that was made at `time` counted in; only in the periods that it belongs to.
  func adding(_ count: Count, at time: Timestamp, _ zone: LocalTime) -> Usage {
    var usage = self
    for period in Usage.periods where period.range(of: latest, zone).lowerBound <= time {
      var sum = usage.count(period)
      sum.messages = max(0, sum.messages.saturatingSum(count.messages))
      sum.credit = max(0, sum.credit.saturatingSum(count.credit))
      usage.counts[period] = sum
    }
    return usage
  }
}

extension Usage {
  /// `at=1764243829,hour=3/30,day=17/170,month=120/1200`: when, and the messages and the credit of each period.
  var text: String {
    (["at=\(latest.seconds)"] + Usage.periods.map { "\($0.rawValue)=\(count($0).messages)/\(count($0).credit)" }).joined(separator: ",")
  }

  /// Nil for what `text` does not write.
  init?(_ text: String) {
    var (latest, counts) = (Int64?.none, [Period: Count]())
    for word in text.split(separator: ",") {
      let parts = word.split(separator: "=")
      guard parts.count == 2 else { return nil }
      let numbers = parts[1].split(separator: "/").map { Int64($0) }
      if parts[0] == "at", let seconds = numbers.first ?? nil {
        latest = seconds
      } else if let period = Period(rawValue: String(parts[0])), numbers.count == 2, let messages = numbers[0], let credit = numbers[1] {
        counts[period] = Count(messages: messages, credit: credit)
      }
    }
    guard let latest else { return nil }
    (self.latest, self.counts) = (Timestamp(seconds: latest), counts)
  }
}
