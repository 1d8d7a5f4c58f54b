import JSONText
import TestSupport
import Testing

/// A send to three that was announced and then could not be delivered raises no alarm (invariant 6): its copies end in
/// `failed/`, where the feed's reader finds them. Breaks when a voided message's further copies are simply removed.
@Suite struct VoidedEventTests {
  @Test func whatWasNeverDeliveredIsNotAlarmed() throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob,carol,dave", "earlier"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    let command = FaultyCommand("msg-send", ["bob,carol,dave", "hi"])
    // The first copy to be delivered, after all three were announced.
    let delivery = try command.calls(on: spool.copy()).first { $0.name == "renameat2" && $0.line.contains(",S=") }
    let outcome = try command.run(on: spool, .error("EIO"), at: #require(delivery))
    #expect(outcome.status == 74, "\(outcome)")
    #expect(spool.folder.names(in: "spool/feed/000000000001").count == 6, "it was announced")
    #expect(spool.folder.names(in: "spool/failed").filter { !$0.hasSuffix(".reason") }.count == 3)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    let states = try spool.run("msg-alarmd", ["history", "--json"]).lines.map { try JSONValue(parsing: $0)["state"]?.string ?? "?" }
    #expect(states.filter { $0 == "delivered" }.count == 4 && states.filter { $0 == "void" }.count == 3, "\(states)")
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "97\n")
  }
}
