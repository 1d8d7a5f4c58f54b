@testable import Ledger
import SharedKernel
import Testing

/// Hours, days, weeks and months by the clock on the wall.
@Suite struct PeriodTests {
  /// Nine hours east of UTC, as in Seoul.
  static let zone = LocalTime(
    offset: { _ in UTCOffset(seconds: 9 * 3600) }, instant: { Timestamp(seconds: $0.secondsSinceEpoch - 9 * 3600) })

  private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  @Test(arguments: [
    (Period.hour, "2026-11-27T15:00:00Z", "2026-11-27T16:00:00Z", "2026-11-28"),
    (.day, "2026-11-27T15:00:00Z", "2026-11-28T15:00:00Z", "2026-11-28"),
    (.week, "2026-11-22T15:00:00Z", "2026-11-29T15:00:00Z", "2026-11-23"),
    (.month, "2026-10-31T15:00:00Z", "2026-11-30T15:00:00Z", "2026-11"),
  ]) func aPeriodBeginsAndEnds(period: Period, start: String, end: String, name: String) throws {
    // Half past midnight of a Saturday.
    let range = period.range(of: try instant("2026-11-27T15:30:00Z"), Self.zone)
    #expect(try range == instant(start)..<instant(end))
    #expect(period.name(of: range.lowerBound, Self.zone) == name)
  }

  /// Breaks when what was used before a period began counts in it, or what is taken back from another period is taken from this one.
  @Test func usageIsForgottenWithItsPeriod() throws {
    let (evening, night, next) = (
      try instant("2026-11-30T14:59:59Z"), try instant("2026-11-30T15:00:00Z"), try instant("2026-12-31T15:00:00Z")
    )
    let used = Usage(at: evening).adding(Usage.Count(messages: 3, credit: 30), at: evening, Self.zone)
    #expect(Usage.init(used.text) == used)
    #expect(used.count(.month) == Usage.Count(messages: 3, credit: 30) && used.count(.hour) == used.count(.month))
    let later = used.rolled(to: night, Self.zone).adding(Usage.Count(messages: 1, credit: 10), at: night, Self.zone)
    for period in [Period.hour, .day, .month] { #expect(later.count(period) == Usage.Count(messages: 1, credit: 10)) }
    let back = later.adding(Usage.Count(messages: -3, credit: -30), at: evening, Self.zone)
    #expect(back == later, "it was used in the month before")
    #expect(later.rolled(to: next, Self.zone).count(.month) == Usage.Count())
    #expect(Usage("") == nil && Usage("at=x") == nil && Usage("hour=1/2") == nil)
  }
}
