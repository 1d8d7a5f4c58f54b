/// A date and time of the proleptic Gregorian calendar, without a zone.
/// Conversions after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
package struct CivilTime: Hashable, Sendable {
  package let year: Int
  /// 1 to 12.
  package let month: Int
  /// 1 to the month's length.
  package let day: Int
  package let hour: Int
  package let minute: Int
  /// 0 to 60: a leap second counts as the second after it.
  package let second: Int

  /// Nil for a date or time that does not exist.
  package init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard (1...12).contains(month), (1...CivilTime.length(ofMonth: month, year: year)).contains(day), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// What clocks show at an instant.
  package init(_ instant: Timestamp, offset: UTCOffset = .utc) {
    let local = instant.seconds + offset.seconds
    let days = local.flooredQuotient(by: 86400)
    let time = Int(local - days * 86400)
    (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = Int(shifted - era * 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
  }

  /// Seconds since the epoch when the civil time is UTC.
  package var secondsSinceEpoch: Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let era = shiftedYear.flooredQuotient(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return days * 86400 + Int64(hour * 3600 + minute * 60 + second)
  }

  /// 0 for Sunday to 6 for Saturday.
  package var weekday: Int {
    let days = secondsSinceEpoch.flooredQuotient(by: 86400)
    return Int((days % 7 + 11) % 7)
  }

  package static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  /// Division that rounds towards minus infinity.
  package func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

extension CivilTime {
  /// Appends the date: `2026-11-27`.
  package func appendDay(to bytes: inout [UInt8]) {
    bytes += padded(year, 4).utf8
    bytes.append("-", month, digits: 2)
    bytes.append("-", day, digits: 2)
  }
}

extension [UInt8] {
  /// Appends an ASCII separator and the last `digits` digits of a number that is not negative.
  mutating func append(_ separator: Unicode.Scalar, _ number: Int, digits: Int) {
    append(UInt8(ascii: separator))
    var scale = 1
    for _ in 1..<digits { scale *= 10 }
    while scale > 0 {
      append(48 + UInt8(truncatingIfNeeded: number / scale % 10))
      scale /= 10
    }
  }
}
