import JSONText
import TestSupport
import Testing

/// Credit that is given again in each period.
@Suite struct AllowanceTests {
  private let spool = TestSpool()
  private func pay(_ words: String..., at time: String = "2026-11-27 12:00:00") throws -> ToolRun {
    try run("faketime", [time, "\(toolFolder)/msg-pay"] + words, environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
  }
  private func charge(_ amount: Int, _ key: String, at time: String) throws -> Int32 {
    try pay("charge", "team", "\(amount)", "--id", key, at: time).status
  }
  private func balance() throws -> String { try pay("balance", "team").output }
  private func open() throws {
    try spool.folder.write("spool/config", "opening-credit = 0\n")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    #expect(try pay("open", "team").status == 0)
  }
  private func expectSound() throws {
    #expect(try pay("verify").description == "status 0\nstdout: \nstderr: ")
    let journal = try pay("journal").output
    let check = try run("hledger", ["-f", "-", "check", "-s", "ordereddates"], input: journal, environment: ["LANG": "C.UTF-8"])
    #expect(check.status == 0, "\(check)\n\(journal)")
  }

  /// Breaks when an allowance is given twice in a period, or not by the calendar on the wall.
  @Test func itIsGivenOnceAPeriod() throws {
    try open()
    #expect(try pay("allow", "team", "100", "--every", "month").status == 0)
    #expect(try pay("allow").output == "team 100 every month rollover no\n")
    #expect(try JSONValue(parsing: pay("allow", "--json").lines[0])["every"]?.string == "month")
    #expect(try balance() == "0\n", "with the first use")
    #expect(try charge(30, "a", at: "2026-11-27 12:00:00") == 0)
    #expect(try charge(30, "b", at: "2026-11-30 23:59:00") == 0)
    #expect(try balance() == "40\n")
    #expect(try charge(101, "c", at: "2026-12-01 00:01:00") == 77, "what was left lapsed")
    #expect(try balance() == "100\n")
    #expect(try charge(100, "d", at: "2026-12-31 23:00:00") == 0)
    let records = try pay("history", "--json").lines.map { try JSONValue(parsing: $0) }
    #expect(records.map { $0["kind"]?.string } == ["opening", "allowance", "charge", "charge", "allowance", "allowance", "charge"])
    #expect(records.map { $0["amount"]?.integer } == [0, 100, -30, -30, -40, 100, -100])
    #expect(records[5]["memo"]?.string == "allowance of 2026-12")
    try expectSound()
  }

  /// Breaks when more than MAX stays, when it is other credit that lapses, or what was given back counts as used.
  @Test(arguments: [("no", 150), ("25", 175), ("yes", 220)]) func whatIsLeft(rollover: String, after: Int) throws {
    try open()
    #expect(try pay("allow", "team", "100", "--every", "week", "--rollover", rollover).status == 0)
    #expect(try charge(30, "a", at: "2026-11-23 00:10:00") == 0)
    #expect(try charge(5, "b", at: "2026-11-24 12:00:00") == 0)
    #expect(try pay("void", "--id", "b").status == 0)
    #expect(try pay("topup", "team", "50").status == 0)
    #expect(try charge(999, "c", at: "2026-11-30 00:10:00") == 77)
    #expect(try balance() == "\(after)\n")
    // What stayed is used before it lapses in its turn.
    #expect(try charge(10, "d", at: "2026-11-30 12:00:00") == 0)
    #expect(try charge(999, "e", at: "2026-12-07 00:10:00") == 77)
    #expect(try balance() == ["no": "150\n", "25": "175\n", "yes": "310\n"][rollover])
    try expectSound()
  }

  /// Breaks when many first uses at the same moment give it more than once, or it is given to a message that is only tried.
  @Test func manyAtOnce() throws {
    try open()
    #expect(try run("msg-pay", ["--spool", spool.path, "allow", "team", "5", "--every", "day"]).status == 0)
    try spool.folder.write("spool/payers", "team: alice\n")
    #expect(try spool.run("msg-send", ["--dry-run", "bob", "hi"]).status == 0)
    #expect(try run("msg-pay", ["--spool", spool.path, "balance", "team"]).output == "0\n")
    _ = try run(
      "sh", ["-c", "for i in $(seq 12); do msg-send bob \"$i\" 2>/dev/null & done; wait"],
      environment: ["PATH": "\(toolFolder):/usr/bin:/bin", "MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "5\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  @Test func whatIsRefused() throws {
    try open()
    for words in [
      ["team", "5"], ["team", "5", "--every", "hour"], ["team", "5", "--every", "day", "--rollover", "some"],
      ["team", "x", "--every", "day"],
    ] {
      #expect(try run("msg-pay", ["--spool", spool.path, "allow"] + words).status == 64, "\(words)")
    }
    #expect(try pay("allow", "bob", "5", "--every", "day").status == 66)
    #expect(try pay("allow", "team", "5", "--every", "day").status == 0)
    #expect(try pay("allow", "team", "7", "--every", "week", "--rollover", "3").status == 0)
    #expect(try spool.folder.read("spool/allowances") == "team 7 every week rollover 3\n")
    #expect(try pay("allow", "team", "0").status == 0)
    #expect(try pay("allow").status == 1)
    try spool.folder.write("spool/allowances", "team 5 daily\n")
    let faulty = try charge(1, "a", at: "2026-11-27 12:00:00")
    #expect(faulty == 78)
  }
}
