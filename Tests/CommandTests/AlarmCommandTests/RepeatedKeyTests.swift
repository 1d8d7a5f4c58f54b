import TestSupport
import Testing

/// A key may be used again after its message was cancelled or given up. A message is its id and its acceptance: what became of the
/// earlier one says nothing about the later.
@Suite struct RepeatedKeyTests {
  private func spool() throws -> TestSpool {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "opening-credit = 0\n")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    return spool
  }

  private func deliverAndDelete(_ spool: TestSpool) throws -> [String] {
    #expect(try spool.run("msg-pay", ["topup", "alice", "5", "--open"]).status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "one"]).status == 0)
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "bob").status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    let history = try spool.run("msg-alarmd", ["history", "--json"])
    return try run("jq", ["-r", "[.kind, .state] | join(\" \")"], input: history.output).lines
  }

  /// Breaks when the cancelled message is taken for the one that was delivered: its arrival is never told.
  @Test func aCancelledMessageIsNotTheOneDeliveredLater() throws {
    let spool = try spool()
    #expect(try spool.run("msg-send", ["--queue", "--id", "k", "bob", "one"]).status == 0)
    #expect(try spool.run("msg-send", ["--cancel", "k"]).status == 0)
    #expect(try deliverAndDelete(spool).filter { $0 == "arrived delivered" }.count == 1)
  }

  /// Breaks likewise after a message that was given up: both are told as what they became.
  @Test func aFailedMessageIsNotTheOneDeliveredLater() throws {
    let spool = try spool()
    try spool.folder.write("spool/config", "opening-credit = 0\nqueue-lifetime = 1\n")
    #expect(try spool.run("msg-send", ["--queue", "--id", "k", "bob", "one"]).status == 0)
    try eventually("the message is given up") {
      try spool.run("msg-send", ["--flush"]).status == 0 && !spool.folder.names(in: "spool/failed").isEmpty
    }
    let lines = try deliverAndDelete(spool)
    for kind in ["failed", "arrived"] { #expect(lines.filter { $0 == "\(kind) delivered" }.count == 1, "\(lines)") }
  }

  /// Breaks when the second failure hides the first: that one was told as arrived.
  @Test func twoFailuresUnderOneKeyAreBothTold() throws {
    let spool = try spool()
    try spool.folder.write("spool/config", "opening-credit = 0\nqueue-lifetime = 1\n")
    for count in 1...2 {
      #expect(try spool.run("msg-send", ["--queue", "--id", "k", "bob,carol", "one"]).status == 0)
      try eventually("message \(count) is given up") {
        try spool.run("msg-send", ["--flush"]).status == 0 && spool.folder.names(in: "spool/deferred/messages").isEmpty
      }
    }
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    let history = try spool.run("msg-alarmd", ["history", "--json"])
    let kinds = try run("jq", ["-r", "[.kind, .state] | join(\" \")"], input: history.output).lines
    #expect(kinds.filter { $0 == "failed delivered" }.count == 2 && !kinds.contains { $0.hasPrefix("arrived") }, "\(kinds)")
  }
}
