import TestSupport
import Testing

/// A message that waited is in one place alone, durably, before it is delivered: a power cut that kept its delivery and not its leaving
/// `deferred/messages/` would have it delivered twice (`deferred.pml`). No other test can see that a sync is left out.
@Suite struct TakenUpSyncTests {
  private static let flush = FaultyCommand("msg-send", ["--flush"])

  /// A message that waits for credit, which has come.
  private func released() throws -> TestSpool {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "opening-credit = 0\n")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "k", "bob,carol", "hi"]).status == 0)
    #expect(try spool.run("msg-pay", ["topup", "alice", "5", "--open"]).status == 0)
    return spool
  }

  private func expectSecured(_ lines: [String]) throws {
    let delivery = try #require(lines.firstIndex { $0.contains("rename") && $0.contains("/new>") }, "nothing was delivered: \(lines)")
    let takingUp = lines[..<delivery].lastIndex { $0.contains("rename") && $0.contains("/deferred/messages>") } ?? 0
    for folder in ["/outbox>", "/deferred/messages>"] {
      #expect(
        lines[takingUp..<delivery].contains { $0.hasPrefix("fsync(") && $0.contains(folder) },
        "\(folder) is not synced before it is delivered")
    }
  }

  @Test(arguments: [["--flush"], ["--flush", "--all"], ["--id", "k", "--queue", "bob,carol", "hi"]])
  func whatIsTakenUpIsSynced(arguments: [String]) throws {
    try expectSecured(FaultyCommand("msg-send", arguments).calls(on: released()).map(\.line))
  }

  /// A flush that is killed before that sync leaves it to the next.
  @Test func whatAKilledFlushTookUpIsSynced() throws {
    let template = try released()
    let calls = try Self.flush.calls(on: template.copy())
    let sync = try #require(calls.first { $0.name == "fsync" && $0.line.contains("/deferred/messages>") })
    let spool = try template.copy()
    #expect(try Self.flush.run(on: spool, .kill, at: sync).status == 137)
    #expect(spool.folder.names(in: "spool/outbox").count == 2)
    try expectSecured(Self.flush.calls(on: spool).map(\.line))
  }
}
