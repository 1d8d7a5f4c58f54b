import JSONText
import TestSupport
import Testing

/// Spools that share one gateway, and a sender who uses the same key in all of them.
@Suite struct SharedGatewayTests {
  private let gateway: GatewaySpool
  private var first: String { gateway.spool.path }
  private var second: String { gateway.spool.folder.file("second") }

  init() throws {
    gateway = try GatewaySpool()
    try make(second)
  }

  private func make(_ path: String) throws {
    _ = try run("mkdir", ["-m", "700", path])
    _ = try run("cp", ["\(first)/config", path])
  }

  private func send(_ spool: String, _ words: String...) throws -> ToolRun {
    try run("msg-send", ["--spool", spool, "--from", "alice"] + words)
  }

  private func delivered(_ spool: String) throws -> Int {
    try run("find", ["\(spool)/mailboxes", "-type", "f"]).lines.count { $0.contains("/new/") || $0.contains("/cur/") }
  }

  private func id(_ spool: String, _ key: String) throws -> String {
    try #require(try JSONValue(parsing: send(spool, "--status", key, "--json").lines[0])["id"]?.string)
  }

  /// Breaks when two messages are delivered for one payment, or one's refund gives the other's money back.
  @Test func noPaymentIsShared() throws {
    #expect(try send(first, "--id", "report-1", "bob", "of the first").status == 0)
    #expect(try send(second, "--id", "report-1", "carol", "of the second").status == 0)
    #expect(try delivered(first) == 1 && delivered(second) == 1)
    #expect(try gateway.charged() == 2)
    #expect(try run("msg-pay", ["--spool", first, "refund", id(first, "report-1")]).status == 0)
    #expect(try gateway.charged() == 1)
    for path in [first, second, gateway.bank] { #expect(try run("msg-pay", ["--spool", path, "verify"]).status == 0) }
  }

  /// Breaks when another spool's payment of another amount makes one that can neither be made nor found out.
  @Test func anotherAmountIsNobodysConcern() throws {
    #expect(try send(first, "--id", "k", "bob", "hi").status == 0)
    #expect(try send(second, "--id", "k", "bob,carol", "hi").status == 0)
    #expect(try gateway.charged() == 3)
    #expect(try run("msg-pay", ["--spool", second, "doubt"]).status == 1)
  }

  /// Breaks when a spool that was removed has paid for what is sent in the one that took its place, or a copy for what is sent in both.
  @Test func aNewSpoolOfTheSameNamePaysForItself() throws {
    #expect(try send(second, "--id", "earlier", "bob", "hi").status == 0)
    let copy = gateway.spool.folder.file("copy")
    _ = try run("cp", ["-a", second, copy])
    for path in [second, copy] { #expect(try send(path, "--id", "k", "bob", "hi").status == 0) }
    #expect(try gateway.charged() == 3)
    _ = try run("rm", ["-r", second])
    try make(second)
    #expect(try send(second, "--id", "k", "bob", "another").status == 0)
    #expect(try gateway.charged() == 4 && delivered(second) == 1)
  }

  /// Breaks when a key is more than the manual says, or changes between the calls for one payment.
  @Test func aPaymentHasOneKey() throws {
    let gateway = try GatewaySpool(
      script: "case $1 in charge) $bank \"$@\" >/dev/null; exit 1;; void) [ -e \"$0.up\" ] || exit 1;; esac; exec $bank \"$@\"")
    #expect(try gateway.send("--id", "k", "bob", "hi").status == 75)
    let shown = try #require(try gateway.pay("doubt", "--json").objects().first?["key"]?.string)
    try gateway.spool.folder.write("gateway.sh.up", "")
    #expect(try gateway.send("--flush").status == 0)
    let calls = try gateway.spool.folder.read("calls").split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(calls.count >= 3 && Set(calls) == [shown[...]], "\(calls), \(shown)")
    let parts = shown.split(separator: "-")
    #expect(
      parts.map(\.utf8.count) == [26, 12]
        && shown.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || $0 == 0x2d })
    try gateway.expectSettled(delivered: 0)
  }
}
