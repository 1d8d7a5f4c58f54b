/// An instant of the years 0 to 9999: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
///
/// Instants come from files, names and mail of other programs. One outside these years becomes the nearest that is inside, so that no
/// arithmetic on instants overflows and each can be written as RFC 3339.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z.
  private static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

  package let microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = min(max(microseconds, Timestamp.range.lowerBound), Timestamp.range.upperBound) }
  package init(seconds: Int64) { self.init(microseconds: seconds.saturatingProduct(1_000_000)) }

  /// What a clock shows.
  package init(sinceEpoch span: Duration) { self.init(microseconds: span.microseconds) }

  /// The last instant there is: what never comes.
  package static let latest = Timestamp(microseconds: .max)

  /// Whole seconds, rounded down.
  package var seconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }

  package func adding(_ span: Duration) -> Timestamp { Timestamp(microseconds: microseconds.saturatingSum(span.microseconds)) }
  package func subtracting(_ span: Duration) -> Timestamp { adding(.zero - span) }

  /// The time that has passed since another instant, negative where that is later.
  package func since(_ other: Timestamp) -> Duration { .microseconds(microseconds - other.microseconds) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

extension Duration {
  package static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }
  package static func hours(_ count: Int64) -> Duration { .seconds(count * 3600) }
  package static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }

  /// Whole microseconds, or the nearest number that 64 bits hold.
  package var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds.saturatingProduct(1_000_000).saturatingSum(attoseconds / 1_000_000_000_000)
  }

  /// Without what is shorter than a microsecond: as files keep it.
  package var inMicroseconds: Duration { .microseconds(microseconds) }
}

extension Int64 {
  /// The product, or the nearest number that 64 bits hold.
  package func saturatingProduct(_ factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
  }

  /// The sum, or the nearest number that 64 bits hold.
  package func saturatingSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}

/// Where a context learns the time; rules never read the clock themselves.
package protocol Clock: AnyObject, Sendable {
  func now() -> Timestamp
}

extension Timestamp {
  /// RFC 3339 in UTC with microseconds: `2026-11-22T07:00:00.000000Z`, always 27 bytes.
  package var rfc3339: String {
    var bytes: [UInt8] = []
    appendRFC3339(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends what `rfc3339` says.
  package func appendRFC3339(to bytes: inout [UInt8]) {
    let civil = CivilTime(self)
    civil.appendDay(to: &bytes)
    bytes.append("T", civil.hour, digits: 2)
    bytes.append(":", civil.minute, digits: 2)
    bytes.append(":", civil.second, digits: 2)
    bytes.append(".", Int(microseconds - seconds * 1_000_000), digits: 6)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Reads RFC 3339: a date, `T` or a space, a time with optional fraction, and `Z` or a numeric offset.
  /// Nil for anything else, impossible dates included.
  package init?(rfc3339 text: some StringProtocol) {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2), scanner.take("-"),
      let day = scanner.number(digits: 2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2), scanner.take(":"),
      let second = scanner.number(digits: 2),
      let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    var fraction = 0
    if scanner.take(".") {
      var scale = 100_000
      guard let first = scanner.number(digits: 1) else { return nil }
      fraction = first * scale
      while let digit = scanner.number(digits: 1) {
        scale /= 10
        fraction += digit * scale
      }
    }
    var offset = 0
    if !scanner.take("Z"), !scanner.take("z") {
      guard let sign = scanner.take("+") ? 1 : scanner.take("-") ? -1 : nil, let hours = scanner.number(digits: 2), hours < 24,
        scanner.take(":"), let minutes = scanner.number(digits: 2), minutes < 60
      else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard scanner.isAtEnd else { return nil }
    self.init(microseconds: (civil.secondsSinceEpoch - Int64(offset)) * 1_000_000 + Int64(fraction))
  }
}

/// A non-negative number with leading zeros to at least `width` digits.
package func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Takes fixed-width numbers and punctuation off the front of a text.
package struct DigitScanner {
  private var rest: ArraySlice<UInt8>

  package init(_ text: some StringProtocol) { rest = Array(String(text).utf8)[...] }

  package var isAtEnd: Bool { rest.isEmpty }

  package mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  package mutating func number(digits: Int) -> Int? {
    let part = rest.prefix(digits)
    guard part.count == digits, part.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest = rest.dropFirst(digits)
    return part.reduce(0) { $0 * 10 + Int($1 - 48) }
  }
}
