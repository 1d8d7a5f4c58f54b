import SharedKernel
import Testing

@testable import Alarms

/// A zone with one change of its clocks.
private final class Zone: TimeZoneTable {
  private let before, after: Int64
  private let change: Timestamp

  init(before: Int64 = 0, after: Int64 = 0, change: Timestamp = Timestamp(seconds: .max / 1_000_000)) {
    (self.before, self.after, self.change) = (before, after, change)
  }

  func offset(at instant: Timestamp) -> UTCOffset { UTCOffset(seconds: instant < change ? before : after) }
}

@Suite struct QuietHoursTests {
  private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  private func end(_ hours: String, at now: String, _ zone: Zone = Zone()) throws -> String? {
    try #require(QuietHours(hours)).end(at: time(now), zone).map { String($0.rfc3339.dropLast(8)) }
  }

  /// Breaks when hours past midnight, an end that is not quiet any more, or the zone are taken wrong.
  @Test(arguments: [
    ("22:00-07:00", "2026-11-22T21:59:59Z", nil), ("22:00-07:00", "2026-11-22T22:00:00Z", "2026-11-23T07:00:00"),
    ("22:00-07:00", "2026-11-23T06:59:59Z", "2026-11-23T07:00:00"), ("22:00-07:00", "2026-11-23T07:00:00Z", nil),
    ("13:00-14:30", "2026-11-22T13:10:00Z", "2026-11-22T14:30:00"),
    ("22:00-07:00, 06:00-09:00", "2026-11-22T06:30:00Z", "2026-11-22T09:00:00"),
    ("00:00-24:00", "2026-11-22T12:00:00Z", "2026-11-23T00:00:00"),
  ])
  func hoursInUTC(hours: String, now: String, expected: String?) throws { #expect(try end(hours, at: now) == expected) }

  @Test func theWallOfTheReceiverCounts() throws {
    let seoul = Zone(before: 32400, after: 32400)
    #expect(try end("22:00-07:00", at: "2026-11-22T13:00:00Z", seoul) == "2026-11-22T22:00:00")
    #expect(try end("22:00-07:00", at: "2026-11-22T22:00:00Z", seoul) == nil)
  }

  /// Berlin, 2026-03-29: at 01:00 UTC the wall goes from 02:00 to 03:00; 2026-10-25: at 01:00 UTC from 03:00 back to 02:00.
  @Test func changedClocksMoveTheEnd() throws {
    let spring = Zone(before: 3600, after: 7200, change: try time("2026-03-29T01:00:00Z"))
    #expect(try end("22:00-07:00", at: "2026-03-28T21:00:00Z", spring) == "2026-03-29T05:00:00")
    let autumn = Zone(before: 7200, after: 3600, change: try time("2026-10-25T01:00:00Z"))
    // The first answer may be early; asked again then, it is the right one.
    let first = try #require(try end("22:00-07:00", at: "2026-10-24T20:00:00Z", autumn))
    let last = try end("22:00-07:00", at: "\(first)Z", autumn) ?? first
    #expect(last == "2026-10-25T06:00:00")
  }

  @Test(arguments: ["", "22-07", "22:00", "22:00-22:00", "25:00-07:00", "22:60-07:00", "24:00-07:00", "22:00-07:00,", "a"])
  func nonsenseIsRefused(text: String) { #expect(QuietHours(text) == nil) }
}

@Suite struct ReceiverChoicesTests {
  private func choices(_ text: String) -> ReceiverChoices { ReceiverChoices(parsing: text, isZone: { $0 == "Asia/Seoul" }) }

  @Test func everyKeyIsTaken() throws {
    let choices = choices(
      "# mine\nquiet = 22:00-07:00  # at night\r\nzone=Asia/Seoul\nkinds = arrived, failed\nhooks = push mail\ndigest = no\n")
    #expect(choices.complaints.isEmpty)
    #expect(choices.quiet == QuietHours("22:00-07:00") && choices.zone == "Asia/Seoul" && !choices.wantsDigests)
    #expect(choices.wants(AlarmKind.arrived) && choices.wants(AlarmKind.failed) && !choices.wants(AlarmKind.sent))
    let (mail, sms) = (try hook("mail"), try hook("sms"))
    #expect(choices.wants(mail) && !choices.wants(sms))
  }

  /// Breaks when a slip of the pen takes the good lines with it, or goes by in silence.
  @Test func aWrongLineIsToldAndTheOthersHold() {
    let choices = choices("quiet = late\nzone = Mars/Base\nkinds = nice\nhooks = a/b\ndigest = maybe\nloud = yes\nwhat\nkinds = sent\n")
    #expect(choices.complaints.count == 7)
    #expect(choices.complaints.first == "line 1: quiet = late: write hours such as 22:00-07:00")
    #expect(choices.wants(AlarmKind.sent) && !choices.wants(AlarmKind.arrived))
    #expect(ReceiverChoices() == self.choices("\n# nothing\n"))
  }
}
