import MessageFormat
import SharedKernel
import Testing

/// Instants as text and back, against dates computed elsewhere (GNU date).
@Suite struct TimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (1_795_000_000_500_000, "2026-11-18T11:06:40.500000Z"), (4_107_542_399_000_000, "2100-02-28T23:59:59.000000Z"),
    ] as [(Int64, String)])
  func rfc3339(microseconds: Int64, text: String) {
    #expect(Timestamp(microseconds: microseconds).rfc3339 == text)
    #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
  }

  @Test(
    arguments: [
      ("2026-11-18T20:06:40+09:00", 1_795_000_000), ("2026-11-18 11:06:40z", 1_795_000_000),
      ("2026-11-18T11:06:40.9999999Z", 1_795_000_000),
      ("2026-11-18T05:36:40-05:30", 1_795_000_000),
    ] as [(String, Int64)])
  func otherForms(text: String, seconds: Int64) { #expect(Timestamp(rfc3339: text)?.seconds == seconds) }

  @Test(arguments: [
    "", "2026-11-18", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-18T24:00:00Z", "2026-11-18T00:00:00",
    "2026-11-18T00:00:00+9:00",
  ])
  func noTime(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test func mailDates() {
    #expect(MailDate.format(Timestamp(seconds: 1_795_000_000), offset: UTCOffset(seconds: 9 * 3600)) == "Wed, 18 Nov 2026 20:06:40 +0900")
    #expect(MailDate.format(Timestamp(seconds: 1_795_000_000), offset: UTCOffset(seconds: -19800)) == "Wed, 18 Nov 2026 05:36:40 -0530")
  }

  @Test(
    arguments: [
      ("Wed, 18 Nov 2026 20:06:40 +0900", 1_795_000_000), ("18 Nov 2026 11:06 GMT", 1_794_999_960),
      ("18 Nov 26 11:06:40 -0000 (UTC)", 1_795_000_000),
      ("Wed,  18 November 2026 06:06:40 EST", 1_795_000_000),
    ] as [(String, Int64)])
  func readsMailDates(text: String, seconds: Int64) { #expect(MailDate.parse(text)?.seconds == seconds) }

  @Test(arguments: ["", "yesterday", "2026-11-18T11:06:40Z", "32 Nov 2026 00:00:00 +0000", "18 Nov 2026 aa:bb +0000"])
  func noMailDate(text: String) { #expect(MailDate.parse(text) == nil) }
}
