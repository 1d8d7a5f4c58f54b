import JSONText
import TestSupport
import Testing

/// The whole path with the real sender: what was sent while no daemon ran is alarmed by the next one.
@Suite struct EndToEndTests {
  private let spool = TestSpool()

  private func history() throws -> [String] {
    try spool.run("msg-alarmd", ["history", "--json"]).lines.map { line in
      let entry = try JSONValue(parsing: line)
      return "\(entry["kind"]?.string ?? "?") \(entry["receiver"]?.string ?? "?")"
    }
  }

  /// `sent` once a send, `arrived` once a copy. Breaks when the sender's events and the daemon's reading drift apart.
  @Test func sendsAreAlarmedAfterwards() throws {
    #expect(try spool.run("msg-send", ["bob", "저녁 7시에 만나요"]).status == 0)
    #expect(try spool.run("msg-send", ["bob,carol", "hi"]).status == 0)
    let once = try spool.run("msg-alarmd", ["--once"])
    #expect(once.status == 0 && once.output.isEmpty && once.errors.isEmpty, "\(once)")
    #expect(try history().sorted() == ["arrived bob", "arrived bob", "arrived carol", "sent alice", "sent alice"])
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try history().count == 5, "a second look alarms nothing again")
  }

  /// One warning each time the balance falls below the level: not before, not again while it stays below.
  @Test func lowCreditIsToldOnce() throws {
    try spool.folder.write("spool/config", "opening-credit = 5\nlow-credit = 3\n")
    for number in 1...4 { #expect(try spool.run("msg-send", ["bob", "message \(number)"]).status == 0) }
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try history().filter { $0.hasPrefix("credit") } == ["credit alice"])
    #expect(try spool.run("msg-pay", ["topup", "alice", "2"]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "again"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try history().filter { $0.hasPrefix("credit") }.count == 2)
  }
}
