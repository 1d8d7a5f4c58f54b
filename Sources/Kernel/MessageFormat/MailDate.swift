package import SharedKernel

/// The Date field (RFC 5322 section 3.3).
package enum MailDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  /// `Sun, 22 Nov 2026 16:43:00 +0900`.
  package static func format(_ instant: Timestamp, offset: UTCOffset) -> String {
    let civil = CivilTime(instant, offset: offset)
    return "\(days[civil.weekday]), \(civil.day) \(months[civil.month - 1]) \(padded(civil.year, 4)) "
      + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)) \(offset.text)"
  }

  /// Reads a Date value, the day of the week and comments passed over; nil where it is none, or of a zone that is not known. One without a
  /// zone is of UTC.
  package static func parse(_ value: String) -> Timestamp? {
    let plain = value.split(separator: "(", maxSplits: 1)[safe: 0] ?? ""
    var words = plain.split { $0 == " " || $0 == "\t" || $0 == "," }.map { $0.lowercased() }
    if let first = words.first, days.contains(where: { $0.lowercased() == first.prefix(3) }) { words.removeFirst() }
    guard words.count >= 4, let day = Int(words[0]), let month = months.firstIndex(where: { $0.lowercased() == words[1].prefix(3) }),
      let shortYear = Int(words[2])
    else { return nil }
    let year = shortYear >= 1000 ? shortYear : shortYear + (shortYear < 50 ? 2000 : 1900)
    let clock = words[3].split(separator: ":").map { Int($0) ?? -1 }
    guard clock.count == 2 || clock.count == 3, (0...9999).contains(year),
      let civil = CivilTime(
        year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock.count == 3 ? clock[2] : 0),
      let offset = words.count > 4 ? zoneOffset(words[4], comment: value.lowercased()) : .utc
    else { return nil }
    return Timestamp(seconds: civil.secondsSinceEpoch - offset.seconds)
  }

  /// `+0900`, `+09:00`, `+9`, `KST`, `GMT+9`; nil for what is none of these.
  private static func zoneOffset(_ word: String, comment: String) -> UTCOffset? {
    // By RFC 5322 it is six hours west of UTC; senders in China mean eight hours east, and say so.
    if word == "cst", comment.contains("china") { return UTCOffset(seconds: 8 * 3600) }
    if let minutes = ZoneNames.minutes[word] { return UTCOffset(seconds: Int64(minutes) * 60) }
    for name in ["gmt", "utc"] where word.hasPrefix(name) { return zoneOffset(String(word.dropFirst(3)), comment: "") }
    guard let sign = word.first, sign == "+" || sign == "-" else { return nil }
    let digits = word.dropFirst().filter { $0 != ":" }
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), (1...4).contains(digits.utf8.count), let number = Int(digits) else {
      return nil
    }
    let (hours, minutes) = digits.utf8.count <= 2 ? (number, 0) : (number / 100, number % 100)
    guard hours < 24, minutes < 60 else { return nil }
    return UTCOffset(seconds: (sign == "-" ? -1 : 1) * Int64(hours * 3600 + minutes * 60))
  }
}

extension Array {
  /// The element at an index, nil outside.
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
