package import SharedKernel

/// Times as a user types them.
package enum TimeExpression {
  /// Where a time lies that is said without its date: `09:00`, `monday`.
  package enum Direction: Sendable {
    /// Today, or the last such day: of what has happened.
    case past
    /// The next occurrence: of what is to happen.
    case future
  }

  /// The forms there are, for error messages and manuals.
  package static let forms =
    "2026-11-22, '2026-11-22 09:00', 09:00, now, today, yesterday, 'tomorrow 09:00', monday, 'friday 18:00', +15m, -2h, '2h ago', "
    + "'1 day ago' (units s m h d w) or RFC 3339"

  private static let secondsPerUnit: [Substring: Int64] = [
    "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
    "d": 86400, "day": 86400, "days": 86400, "w": 604_800, "week": 604_800, "weeks": 604_800,
  ]
  private static let weekdays: [Substring] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
  /// The last second of the year 9999, beyond which no time can be written.
  private static let latest: Int64 = 253_402_300_799

  /// The instant meant at `now` in the zone of the user. A date alone is the start of that day. A usage error where it is no time, or
  /// depends on a zone that is not known.
  package static func instant(
    _ text: String, now: Timestamp, zone: LocalTime = .system, _ direction: Direction = .past
  ) throws(Failure) -> Timestamp {
    if let instant = absolute(text) { return instant }
    let words = text.split(separator: " ")
    if words == ["now"] { return now }
    if let instant = relative(words, now) { return instant }
    if let instant = named(words, now, zone, direction) {
      guard let unknown = zone.unknownName() else { return instant }
      throw Failure(
        .usage, "unknown time zone '\(unknown)' in TZ",
        remedy: "set TZ to a name like Asia/Seoul, or give the time with its offset, as in 2026-11-22T09:00+09:00")
    }
    throw Failure(.usage, "invalid time '\(text)'", remedy: "write \(forms)")
  }

  /// RFC 3339, also without seconds; nil for what depends on the zone or on now.
  package static func absolute(_ text: String) -> Timestamp? {
    if let instant = Timestamp(rfc3339: text) { return instant }
    // `2026-11-22T09:00` has sixteen characters; what follows is the zone.
    let (front, zone) = (text.prefix(16), text.dropFirst(16))
    return zone.isEmpty || zone.hasPrefix(":") ? nil : Timestamp(rfc3339: "\(front):00\(zone)")
  }

  /// `+15m`, `-2h`, `2h ago` or `1 day ago`. A day is 24 hours.
  private static func relative(_ words: [Substring], _ now: Timestamp) -> Timestamp? {
    var amount = words.joined()[...]
    if words.count > 1, words.last == "ago" {
      guard words.count <= 3, amount.first?.isNumber == true else { return nil }
      amount = "-" + amount.dropLast(3)
    } else if words.count > 2 {
      return nil
    }
    guard let sign = amount.first, sign == "+" || sign == "-" else { return nil }
    let digits = amount.dropFirst().prefix { ("0"..."9").contains($0) }
    guard let number = Int64(digits), let unit = secondsPerUnit[amount.dropFirst(1 + digits.count)] else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: sign == "-" ? -unit : unit)
    guard !overflow, abs(seconds) <= latest, (0...latest).contains(now.seconds + seconds) else { return nil }
    return now.adding(.seconds(seconds))
  }

  /// A day, a time of day, or both, by the clock on the user's wall.
  private static func named(_ words: [Substring], _ now: Timestamp, _ zone: LocalTime, _ direction: Direction) -> Timestamp? {
    var words = words[...]
    // `2026-11-22T09:00`, in local time.
    if words.count == 1, let word = words.first, let mark = word.firstIndex(of: "T") {
      words = [word[..<mark], word[word.index(after: mark)...]]
    }
    guard let first = words.first, words.count <= 2 else { return nil }
    let isClock = clock(first) != nil && words.count == 1
    guard let time = isClock ? clock(first) : words.count == 1 ? (0, 0, 0) : words.last.flatMap(clock) else { return nil }
    func instant(_ date: CivilTime) -> Timestamp? {
      CivilTime(year: date.year, month: date.month, day: date.day, hour: time.hour, minute: time.minute, second: time.second)
        .flatMap(zone.instant)
    }
    let today = zone.civil(now)
    if isClock {
      guard direction == .future, let sameDay = instant(today), sameDay <= now else { return instant(today) }
      return instant(shifted(today, 1))
    }
    if let weekday = weekdays.firstIndex(of: first) {
      let back = (today.weekday - weekday + 7) % 7
      guard direction == .future else { return instant(shifted(today, -back)) }
      guard let next = instant(shifted(today, (7 - back) % 7)) else { return nil }
      return next > now ? next : instant(shifted(today, 7))
    }
    return day(first, today).flatMap(instant)
  }

  /// Counted in the calendar, as if it were UTC: a day of the zone may have 23 or 25 hours.
  private static func shifted(_ day: CivilTime, _ days: Int) -> CivilTime {
    CivilTime(Timestamp(seconds: day.secondsSinceEpoch + Int64(days) * 86400))
  }

  private static func day(_ word: Substring, _ today: CivilTime) -> CivilTime? {
    if let days = ["yesterday": -1, "today": 0, "tomorrow": 1][word] { return shifted(today, days) }
    var scanner = DigitScanner(word)
    guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2), scanner.take("-"),
      let day = scanner.number(digits: 2), scanner.isAtEnd
    else { return nil }
    return CivilTime(year: year, month: month, day: day)
  }

  /// `HH:MM` or `HH:MM:SS`.
  private static func clock(_ word: Substring) -> (hour: Int, minute: Int, second: Int)? {
    var scanner = DigitScanner(word)
    guard let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2), hour < 24, minute < 60 else {
      return nil
    }
    if scanner.isAtEnd { return (hour, minute, 0) }
    guard scanner.take(":"), let second = scanner.number(digits: 2), second <= 60, scanner.isAtEnd else { return nil }
    return (hour, minute, second)
  }
}

extension Arguments {
  /// The value as an instant; a usage error that names the option otherwise.
  package func time(
    _ option: Option, now: Timestamp, zone: LocalTime = .system, _ direction: TimeExpression.Direction = .past
  ) throws(Failure) -> Timestamp? {
    guard let text = value(option) else { return nil }
    do throws(Failure) { return try TimeExpression.instant(text, now: now, zone: zone, direction) } catch {
      throw Failure(error.kind, "--\(option.long): \(error.message)", remedy: error.remedy)
    }
  }
}
