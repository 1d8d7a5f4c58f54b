package import SharedKernel

/// A stretch of the calendar by the clock on the wall.
package enum Period: String, CaseIterable, Sendable {
  case hour, day, week, month

  /// From its first instant to before the first of the next one. A week begins on Monday.
  package func range(of instant: Timestamp, _ zone: LocalTime) -> Range<Timestamp> {
    if self == .hour {
      let offset = zone.offset(instant).seconds
      let start = (instant.seconds + offset).flooredQuotient(by: 3600) * 3600 - offset
      return Timestamp(seconds: start)..<Timestamp(seconds: start + 3600)
    }
    let today = zone.civil(instant)
    let (first, next): (Int64, Int64) =
      switch self {
      case .week:
        (Int64(-(today.weekday + 6) % 7), Int64(7 - (today.weekday + 6) % 7))
      case .month:
        (Int64(1 - today.day), Int64(CivilTime.length(ofMonth: today.month, year: today.year) + 1 - today.day))
      case .hour, .day: (0, 1)
      }
    return zone.midnight(today, adding: first)..<zone.midnight(today, adding: next)
  }

  /// What the period that begins there is called: `2026-11` or the date of its first day.
  package func name(of start: Timestamp, _ zone: LocalTime) -> String {
    let civil = zone.civil(start)
    let month = "\(padded(civil.year, 4))-\(padded(civil.month, 2))"
    return self == .month ? month : "\(month)-\(padded(civil.day, 2))"
  }
}

extension LocalTime {
  /// The first instant of the day that is so many days after another.
  package func midnight(_ day: CivilTime, adding days: Int64 = 0) -> Timestamp {
    // Counted in the calendar, as if it were UTC: a day of the zone may have 23 or 25 hours.
    let noon = CivilTime(Timestamp(seconds: (day.secondsSinceEpoch.flooredQuotient(by: 86400) + days) * 86400))
    // Where clocks skip midnight the day begins when they do.
    return instant(noon) ?? Timestamp(seconds: noon.secondsSinceEpoch - offset(Timestamp(seconds: noon.secondsSinceEpoch - 86400)).seconds)
  }
}
