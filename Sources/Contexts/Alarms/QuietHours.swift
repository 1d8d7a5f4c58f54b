package import SharedKernel

/// Where a rule learns what clocks on the wall show.
package protocol TimeZoneTable: AnyObject {
  /// In force at an instant.
  func offset(at instant: Timestamp) -> UTCOffset
}

/// Hours of the day, by the clock on the receiver's wall, in which alarms are held: `22:00-07:00, 13:00-14:00`.
package struct QuietHours: Hashable, Sendable {
  /// Minutes of the day, the end excluded. One that ends before it begins goes on past midnight.
  private struct Span: Hashable, Sendable {
    let from: Int
    let to: Int

    func holds(_ minute: Int) -> Bool { from < to ? (from..<to).contains(minute) : minute >= from || minute < to }
  }

  private static let day: Int64 = 86400
  private let spans: [Span]

  /// Nil for anything but spans with commas between them. A span of no length is a mistake.
  package init?(_ text: some StringProtocol) {
    var spans: [Span] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      var scanner = DigitScanner(String(part.filter { $0 != " " }))
      guard let from = QuietHours.minute(&scanner), scanner.take("-"), let to = QuietHours.minute(&scanner), scanner.isAtEnd,
        from != to, from < 1440
      else { return nil }
      spans.append(Span(from: from, to: to))
    }
    self.spans = spans
  }

  /// `HH:MM`, up to 24:00.
  private static func minute(_ scanner: inout DigitScanner) -> Int? {
    guard let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2), minute < 60,
      hour * 60 + minute <= 1440
    else { return nil }
    return hour * 60 + minute
  }

  /// The end of the quiet hours that an instant lies in; nil outside of them. Where the clocks are changed in between, the
  /// answer may be an instant that is still quiet: the caller asks again then.
  package func end(at now: Timestamp, _ zone: any TimeZoneTable) -> Timestamp? {
    let offset = zone.offset(at: now).seconds
    let local = now.seconds + offset
    let second = local - local.flooredQuotient(by: QuietHours.day) * QuietHours.day
    let ends = spans.filter { $0.holds(Int(second / 60)) }.map { span in
      let wait = Int64(span.to) * 60 - second
      return wait > 0 ? wait : wait + QuietHours.day
    }
    guard let wait = ends.max() else { return nil }
    let plain = now.seconds + wait
    // The wall shows the end earlier or later when the clocks were changed meanwhile.
    let shifted = plain - (zone.offset(at: Timestamp(seconds: plain)).seconds - offset)
    return Timestamp(seconds: shifted > now.seconds ? min(plain, shifted) : plain)
  }
}
