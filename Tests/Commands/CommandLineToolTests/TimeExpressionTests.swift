import SharedKernel
import Testing

@testable import CommandLineTool

struct TimeExpressionTests {
  /// 2026-11-22 16:43:00 in Seoul.
  private let now = Timestamp(seconds: 1_795_333_380)
  private let seoul = LocalTime(
    offset: { _ in 32400 }, instant: { Timestamp(seconds: $0.secondsSinceEpoch - 32400) })

  // Fails when a form is read wrongly, above all a day counted in UTC instead of the user's zone.
  @Test(arguments: [
    ("2026-11-22T07:43:00Z", "2026-11-22T07:43:00.000000Z"), ("2026-11-22 16:43:00+09:00", "2026-11-22T07:43:00.000000Z"),
    ("2026-11-22", "2026-11-21T15:00:00.000000Z"), ("2026-11-22 09:00", "2026-11-22T00:00:00.000000Z"),
    ("2026-11-22 09:00:30", "2026-11-22T00:00:30.000000Z"), ("09:00", "2026-11-22T00:00:00.000000Z"),
    ("08:59", "2026-11-21T23:59:00.000000Z"), ("today", "2026-11-21T15:00:00.000000Z"),
    ("yesterday", "2026-11-20T15:00:00.000000Z"), ("tomorrow 09:00", "2026-11-23T00:00:00.000000Z"),
    ("yesterday 23:30", "2026-11-21T14:30:00.000000Z"), ("+15m", "2026-11-22T07:58:00.000000Z"), ("-2h", "2026-11-22T05:43:00.000000Z"),
    ("2h ago", "2026-11-22T05:43:00.000000Z"), ("+1d", "2026-11-23T07:43:00.000000Z"), ("1w ago", "2026-11-15T07:43:00.000000Z"),
    ("+0s", "2026-11-22T07:43:00.000000Z"),
  ])
  func forms(text: String, expected: String) throws {
    #expect(try TimeExpression.instant(text, now: now, zone: seoul).rfc3339 == expected)
  }

  // Fails when nonsense is taken for a time, or a number overflows.
  @Test(arguments: [
    "", " ", "now", "soon", "+m", "+15", "15m", "2h", "+15 m", "+-5m", "++5m", "+1.5h", "2026-13-01", "2026-02-30", "24:00", "9:00",
    "09:60", "today 9", "tomorrow tomorrow", "ago", "2h ago ago", "+99999999999999w", "+9223372036854775807s", "99999999w ago",
    "2026-11-22T09:00", "+٣m", "2026-11-22 09:00 10:00", "2026-11-22\n",
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
