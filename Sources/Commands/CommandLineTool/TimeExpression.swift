package import SharedKernel

/// Times as a user types them.
package enum TimeExpression {
  /// The forms there are, for error messages and manuals.
  package static let forms =
    "2026-11-22, '2026-11-22 09:00', 09:00, today, yesterday, 'tomorrow 09:00', +15m, -2h, '2h ago' (units s m h d w) or RFC 3339"

  private static let secondsPerUnit: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
  /// The last second of the year 9999, beyond which no time can be written.
  private static let latest: Int64 = 253_402_300_799

  /// The instant meant at `now` in the zone of the user. A date alone is the start of that day, a time alone is today.
  package static func instant(_ text: String, now: Timestamp, zone: LocalTime = .system) throws(Failure) -> Timestamp {
    let words = text.split(separator: " ")
    if let instant = Timestamp(rfc3339: text) ?? relative(words, now) ?? named(words, now, zone) { return instant }
    throw Failure(.usage, "invalid time '\(text)'", remedy: "write \(forms)")
  }

  /// `+15m`, `-2h` or `2h ago`. A day is 24 hours.
  private static func relative(_ words: [Substring], _ now: Timestamp) -> Timestamp? {
    let isAgo = words.count == 2 && words[1] == "ago"
    guard let word = words.first, isAgo || words.count == 1, let sign = isAgo ? "-" : word.first, sign == "+" || sign == "-" else {
      return nil
    }
    let amount = isAgo ? word : word.dropFirst()
    let digits = amount.dropLast()
    guard let unit = amount.last.flatMap({ secondsPerUnit[$0] }), digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int64(digits)
    else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: sign == "-" ? -unit : unit)
    guard !overflow, abs(seconds) <= latest, (0...latest).contains(now.seconds + seconds) else { return nil }
    return now.adding(seconds: seconds)
  }

  /// A day, a time of day, or both, by the clock on the user's wall.
  private static func named(_ words: [Substring], _ now: Timestamp, _ zone: LocalTime) -> Timestamp? {
    guard let first = words.first, words.count <= 2 else { return nil }
    let day = self.day(first, now, zone)
    guard let date = day ?? (words.count == 1 ? zone.civil(now) : nil) else { return nil }
    var time = (hour: 0, minute: 0, second: 0)
    if let word = day == nil ? first : words.dropFirst().first {
      guard let parsed = clock(word) else { return nil }
      time = parsed
    }
    return CivilTime(
      year: date.year, month: date.month, day: date.day, hour: time.hour, minute: time.minute, second: time.second
    ).flatMap(zone.instant)
  }

  private static func day(_ word: Substring, _ now: Timestamp, _ zone: LocalTime) -> CivilTime? {
    if let days = ["yesterday": Int64(-1), "today": 0, "tomorrow": 1][word] {
      // Counted in the calendar, as if it were UTC: a day of the zone may have 23 or 25 hours.
      return CivilTime(Timestamp(seconds: zone.civil(now).secondsSinceEpoch + days * 86400))
    }
    var scanner = DigitScanner(word)
    guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2), scanner.take("-"),
      let day = scanner.number(digits: 2), scanner.isAtEnd
    else { return nil }
    return CivilTime(year: year, month: month, day: day)
  }

  /// `HH:MM` or `HH:MM:SS`.
  private static func clock(_ word: Substring) -> (hour: Int, minute: Int, second: Int)? {
    var scanner = DigitScanner(word)
    guard let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2) else { return nil }
    if scanner.isAtEnd { return (hour, minute, 0) }
    guard scanner.take(":"), let second = scanner.number(digits: 2), scanner.isAtEnd else { return nil }
    return (hour, minute, second)
  }
}

extension Arguments {
  /// The value as an instant; a usage error that names the option otherwise.
  package func time(_ option: Option, now: Timestamp, zone: LocalTime = .system) throws(Failure) -> Timestamp? {
    guard let text = value(option) else { return nil }
    do throws(Failure) { return try TimeExpression.instant(text, now: now, zone: zone) } catch {
      throw Failure(error.kind, "--\(option.long): \(error.message)", remedy: error.remedy)
    }
  }
}
