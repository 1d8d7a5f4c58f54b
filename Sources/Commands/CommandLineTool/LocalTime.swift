package import SharedKernel
internal import SystemCalls

extension LocalTime {
  /// The zone of TZ, else of /etc/localtime.
  package static let system = LocalTime(
    offset: { UTCOffset(seconds: TimeZoneRules.offset(at: $0.seconds)) },
    instant: { civil in
      TimeZoneRules.instant(
        year: civil.year, month: civil.month, day: civil.day, hour: civil.hour, minute: civil.minute, second: civil.second
      ).map { Timestamp(seconds: $0) }
    },
    unknownName: { TimeZoneRules.unknownZone })

  /// `2026-11-22 16:43:05`.
  package func second(_ instant: Timestamp) -> String { "\(minute(instant)):\(padded(civil(instant).second, 2))" }

  /// `+0900`.
  package func zone(_ instant: Timestamp) -> String { offset(instant).text }

  /// `2026-11-22 16:43:05 +0900 (in 2 hours 5 minutes)`.
  package func absoluteAndRelative(_ instant: Timestamp, now: Timestamp) -> String {
    "\(second(instant)) \(zone(instant)) (\(LocalTime.relative(instant, now: now)))"
  }

  /// `in 3 days 4 hours`, `5 minutes ago`, `now`: the two largest units.
  package static func relative(_ instant: Timestamp, now: Timestamp) -> String {
    // To the nearest second: what was asked for as +15m is not 14 minutes 59 seconds away.
    let microseconds = instant.microseconds - now.microseconds
    var rest = (abs(microseconds) + 500_000) / 1_000_000
    if rest == 0 { return "now" }
    var words: [String] = []
    for (unit, seconds) in [("day", Int64(86400)), ("hour", 3600), ("minute", 60), ("second", 1)] {
      let count = rest / seconds
      rest %= seconds
      if count > 0 { words.append("\(count) \(unit)\(count == 1 ? "" : "s")") }
      if count == 0, !words.isEmpty || words.count == 2 { break }
    }
    let span = words.prefix(2).joined(separator: " ")
    return microseconds > 0 ? "in \(span)" : "\(span) ago"
  }
}
