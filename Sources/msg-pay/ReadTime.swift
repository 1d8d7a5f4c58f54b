import SharedKernel
import SystemCalls

/// A time as a person gives it: RFC 3339, or a date, which begins at midnight where the user is. Nil for anything else.
func readTime(_ text: String) -> Timestamp? {
  if let time = Timestamp(rfc3339: text) { return time }
  var scanner = DigitScanner(text.utf8)
  guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2), scanner.take("-"),
    let day = scanner.number(digits: 2), scanner.isAtEnd, CivilTime(year: year, month: month, day: day) != nil
  else { return nil }
  return TimeZoneRules.instant(year: year, month: month, day: day, hour: 0, minute: 0, second: 0).map { Timestamp(seconds: $0) }
}
