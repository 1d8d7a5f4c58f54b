import SharedKernel
import Testing

@testable import CommandLineTool

struct TimeExpressionTests {
  /// 2026-11-22 16:43:00 in Seoul.
  private let now = Timestamp(seconds: 1_795_333_380)
  private let seoul = LocalTime(
    offset: { _ in UTCOffset(seconds: 32400) }, instant: { Timestamp(seconds: $0.secondsSinceEpoch - 32400) })

  // Fails when a form is read wrongly, above all a day counted in UTC instead of the user's zone.
  @Test(arguments: [
    ("2026-11-22T07:43:00Z", "2026-11-22T07:43:00.000000Z"), ("2026-11-22 16:43:00+09:00", "2026-11-22T07:43:00.000000Z"),
    ("2026-11-22", "2026-11-21T15:00:00.000000Z"), ("2026-11-22 09:00", "2026-11-22T00:00:00.000000Z"),
    ("2026-11-22 09:00:30", "2026-11-22T00:00:30.000000Z"), ("09:00", "2026-11-22T00:00:00.000000Z"),
    ("08:59", "2026-11-21T23:59:00.000000Z"), ("today", "2026-11-21T15:00:00.000000Z"),
    ("yesterday", "2026-11-20T15:00:00.000000Z"), ("tomorrow 09:00", "2026-11-23T00:00:00.000000Z"),
    ("yesterday 23:30", "2026-11-21T14:30:00.000000Z"), ("+15m", "2026-11-22T07:58:00.000000Z"), ("-2h", "2026-11-22T05:43:00.000000Z"),
    ("2h ago", "2026-11-22T05:43:00.000000Z"), ("+1d", "2026-11-23T07:43:00.000000Z"), ("1w ago", "2026-11-15T07:43:00.000000Z"),
    ("+0s", "2026-11-22T07:43:00.000000Z"), ("now", "2026-11-22T07:43:00.000000Z"), ("1 day ago", "2026-11-21T07:43:00.000000Z"),
    ("2 weeks ago", "2026-11-08T07:43:00.000000Z"), ("+90 minutes", "2026-11-22T09:13:00.000000Z"),
    ("3hours ago", "2026-11-22T04:43:00.000000Z"), ("2026-11-22T09:00", "2026-11-22T00:00:00.000000Z"),
    ("2026-11-22T09:00:10", "2026-11-22T00:00:10.000000Z"), ("2026-11-22T09:00Z", "2026-11-22T09:00:00.000000Z"),
    ("2026-11-22 09:00+02:00", "2026-11-22T07:00:00.000000Z"), ("monday", "2026-11-15T15:00:00.000000Z"),
    ("sunday", "2026-11-21T15:00:00.000000Z"), ("friday 18:00", "2026-11-20T09:00:00.000000Z"),
  ])
  func forms(text: String, expected: String) throws {
    #expect(try TimeExpression.instant(text, now: now, zone: seoul).rfc3339 == expected)
  }

  // Fails when a time without its date is taken for one that is over, although something is to happen then.
  @Test(arguments: [
    ("16:43", "2026-11-23T07:43:00.000000Z"), ("16:44", "2026-11-22T07:44:00.000000Z"), ("00:10", "2026-11-22T15:10:00.000000Z"),
    ("sunday", "2026-11-28T15:00:00.000000Z"), ("sunday 16:44", "2026-11-22T07:44:00.000000Z"),
    ("sunday 16:00", "2026-11-29T07:00:00.000000Z"), ("monday", "2026-11-22T15:00:00.000000Z"),
    ("saturday 09:00", "2026-11-28T00:00:00.000000Z"), ("today 09:00", "2026-11-22T00:00:00.000000Z"),
  ])
  func whatIsToCome(text: String, expected: String) throws {
    #expect(try TimeExpression.instant(text, now: now, zone: seoul, .future).rfc3339 == expected)
  }

  // Fails when a time of a zone that nobody knows is taken for UTC, or one that needs no zone is refused.
  @Test func anUnknownZoneIsRefused() throws {
    let nowhere = LocalTime(offset: { _ in .utc }, instant: { Timestamp(seconds: $0.secondsSinceEpoch) }, unknownName: { "Asia/Soul" })
    for text in ["09:00", "2026-11-22", "tomorrow 09:00", "monday", "2026-11-22T09:00"] {
      #expect { try TimeExpression.instant(text, now: now, zone: nowhere) } throws: {
        ($0 as? Failure)?.kind == .usage && ($0 as? Failure)?.message == "unknown time zone 'Asia/Soul' in TZ"
      }
    }
    for text in ["+15m", "now", "2026-11-22T09:00Z"] { _ = try TimeExpression.instant(text, now: now, zone: nowhere) }
  }

  // Fails when the distance of a time is told wrongly.
  @Test(arguments: [
    (0, "now"), (900_000_000, "in 15 minutes"), (899_700_000, "in 15 minutes"), (-60_000_000, "1 minute ago"),
    (81_780_000_000, "in 22 hours 43 minutes"), (90_000_000_000, "in 1 day 1 hour"), (86_405_000_000, "in 1 day"),
    (3_605_000_000, "in 1 hour"), (61_000_000, "in 1 minute 1 second"),
  ])
  func distances(microseconds: Int64, words: String) {
    #expect(LocalTime.relative(now.adding(.microseconds(microseconds)), now: now) == words)
  }

  // Fails when nonsense is taken for a time, or a number overflows.
  @Test(arguments: [
    "", " ", "now now", "soon", "+m", "+15", "15m", "2h", "+15 x", "- 5", "-2h ago", "day ago", "1 day", "+-5m", "++5m", "+1.5h",
    "2026-13-01", "2026-02-30", "24:00", "9:00",
    "09:60", "today 9", "tomorrow tomorrow", "ago", "2h ago ago", "+99999999999999w", "+9223372036854775807s", "99999999w ago",
    "2026-11-22T9:00", "2026-11-22T", "T09:00", "monday tuesday", "Monday", "+٣m", "2026-11-22 09:00 10:00", "2026-11-22\n",
  ])
  func refusals(text: String) {
    #expect { try TimeExpression.instant(text, now: now, zone: seoul) } throws: { error in
      let failure = error as? Failure
      return failure?.kind == .usage && failure?.remedy?.contains("'2h ago'") == true
    }
  }

  // Fails when the error does not name the option that was wrong.
  @Test func namesTheOption() throws {
    let arguments = try SampleTable.plain.parse(["--subject=soon"])
    #expect { try arguments.time(SampleTable.subject, now: now, zone: seoul) } throws: {
      ($0 as? Failure)?.description.hasPrefix("--subject: invalid time 'soon': write ") == true
    }
    #expect(try SampleTable.plain.parse([]).time(SampleTable.subject, now: now, zone: seoul) == nil)
  }
}
