import JSONText
import TestSupport
import Testing

/// When a message is delivered: what `--at` understands, and what is told of it.
struct DeliveryTimeTests {
  private let spool = TestSpool()

  /// `msg-send` at 2026-11-27 01:27 in Seoul.
  private func send(_ arguments: [String], at time: String = "2026-11-27 01:27:00", zone: String = "Asia/Seoul") throws -> ToolRun {
    try run(
      "faketime", [time, "\(toolFolder)/msg-send"] + arguments,
      environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice", "TZ": zone])
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

  // Fails when a clock time that is over today sends at once instead of tomorrow.
  @Test(arguments: [
    ("00:10", "2026-11-27T15:10:00.000000Z", "2026-11-28 00:10:00 +0900 (in 22 hours 4"),
    ("01:30", "2026-11-26T16:30:00.000000Z", "2026-11-27 01:30:00 +0900 (in "),
    ("monday", "2026-11-29T15:00:00.000000Z", "2026-11-30 00:00:00 +0900 (in 2 days 22 hours)"),
    ("2026-11-28T09:00+09:00", "2026-11-28T00:00:00.000000Z", "2026-11-28 09:00:00 +0900 (in 1 day 7 hours)"),
  ])
  func theTimeUnderstoodIsTold(time: String, at: String, words: String) throws {
    let preview = try send(["--dry-run", "--at", time, "bob", "x"])
    #expect(
      preview.status == 0 && preview.output == "1 credit\n" && preview.errors.contains("would be delivered at \(words)"), "\(preview)")
    #expect(try json(send(["--dry-run", "--json", "--at", time, "bob", "x"]).output)["at"]?.string == at)
    let sent = try send(["-v", "--json", "--at", time, "bob", "x"])
    #expect(sent.status == 0 && sent.errors.contains("for \(words)"), "\(sent)")
    let answer = try json(sent.output)
    #expect(answer["at"]?.string == at && answer["state"] == "scheduled", "\(answer)")
    #expect(answer["accepted"]?.string?.hasPrefix("2026-11-26T16:27:0") == true, "\(answer)")
  }

  // Fails when a date that is over is sent at once, or 'now' is not.
  @Test func aDateThatIsOverIsRefused() throws {
    for time in ["2026-11-26", "2026-11-27 01:26", "yesterday", "1 day ago", "2026-11-26T16:26Z"] {
      let refused = try send(["--at", time, "bob", "x"])
      #expect(refused.status == 64 && refused.errors.contains("is in the past: 2026-11-2"), "\(refused)")
      #expect(try send(["--dry-run", "--at", time, "bob", "x"]).status == 64)
    }
    #expect(!spool.folder.names(in: "").contains("spool"), "nothing is made for what is refused")
    #expect(try json(send(["--json", "--at", "now", "bob", "x"]).output)["state"] == "delivered")
  }

  // Fails when local times are taken for UTC without a word because TZ is misspelt.
  @Test func anUnknownZoneIsRefused() throws {
    for zone in ["Asia/Soul", "Nowhere", ":Asia/Soul", "+9"] {
      let refused = try spool.run("msg-send", ["--at", "2099-01-01 09:00", "bob", "x"], environment: ["TZ": zone])
      #expect(refused.status == 64 && refused.errors.contains("unknown time zone '\(zone)' in TZ"), "\(refused)")
    }
    for (zone, at) in [
      ("KST-9", "2099-01-01T00:00:00.000000Z"), ("<+09>-9", "2099-01-01T00:00:00.000000Z"), ("UTC", "2099-01-01T09:00:00.000000Z"),
      (":Asia/Seoul", "2099-01-01T00:00:00.000000Z"), ("/usr/share/zoneinfo/Asia/Seoul", "2099-01-01T00:00:00.000000Z"),
    ] {
      let sent = try spool.run("msg-send", ["--json", "--at", "2099-01-01 09:00", "bob", "x"], environment: ["TZ": zone])
      #expect(sent.status == 0, "\(sent)")
      #expect(try json(sent.output)["at"]?.string == at)
    }
    #expect(try spool.run("msg-send", ["--at", "+1h", "bob", "x"], environment: ["TZ": "Asia/Soul"]).status == 0)
  }

  // Fails when the repeat of a key tells other times than the first send, before or after its delivery, or is refused then.
  @Test(arguments: ["+10m", "01:37", "2026-11-27 01:37", "2026-11-26T16:37Z"])
  func aRepeatTellsTheTimesOfTheFirst(time: String) throws {
    let first = try json(send(["--json", "--at", time, "--id", "k", "bob", "x"]).output)
    #expect(first["at"]?.string?.hasPrefix("2026-11-26T16:37:0") == true, "\(first)")
    for moment in ["2026-11-27 01:28:00", "2026-11-27 01:40:00", "2026-11-27 01:50:00"] {
      let again = try send(["--json", "--at", time, "--id", "k", "bob", "x"], at: moment)
      #expect(again.status == 0, "\(again)")
      let answer = try json(again.output)
      #expect(answer["at"] == first["at"] && answer["accepted"] == first["accepted"] && answer["id"] == first["id"], "\(answer)")
      #expect(answer["state"]?.string == (moment.contains("01:28") ? "scheduled" : "delivered"))
    }
    let status = try json(spool.run("msg-send", ["--status", "k", "--json"]).output)
    #expect(status["at"] == first["at"] && status["accepted"] == first["accepted"])
    #expect(try send(["--at", time, "--id", "other", "bob", "x"], at: "2026-11-28 03:00:00").status == (time.hasPrefix("2026") ? 64 : 0))
  }

  // Fails when a person is shown UTC, or a program is not.
  @Test func peopleSeeLocalTimes() throws {
    let sent = try send(["--json", "--id", "k", "bob", "x"])
    #expect(try json(sent.output)["at"] == json(sent.output)["accepted"])
    func shown(_ tool: String, _ arguments: String...) throws -> String { try spool.run(tool, arguments).output }
    #expect(try shown("msg-send", "--status", "k").contains("accepted  2026-11-27 01:27:0"))
    #expect(try shown("msg-pay", "history", "alice").contains("2026-11-27 01:27:0"))
    #expect(try shown("msg-pay", "journal").contains("\n2026-11-27 "))
    #expect(try spool.run("msg-pay", ["journal"], environment: ["TZ": "UTC"]).output.contains("\n2026-11-26 "))
    #expect(try shown("msg-pay", "history", "--json").contains("\"2026-11-26T16:27:0"))
  }
}
