internal import Foundation
import TestSupport
import Testing

/// The sends that meet the end of something: the ledger's segment is full, or the feed's. Nothing of a change of segments is
/// seen in what is delivered, paid and announced, wherever it stops.
///
/// A deliberate fault that it was seen to find: a new segment of the ledger whose head has no balances.
@Suite(.serialized) struct SegmentCrashTests {
  private static let send = FaultyCommand("msg-send", ["--id", "key", "bob", "hi"])

  /// A spool whose next send seals the ledger's segment and begins another.
  private func aboutToSeal() throws -> TestSpool {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "ledger-segment-size = 4096\n")
    _ = try run("chmod", ["700", spool.path])
    let segments = { (spool: TestSpool) in spool.folder.names(in: "spool/pay/ledger").count }
    for number in 1...20 {
      #expect(try spool.run("msg-send", ["bob", "earlier \(number)"]).status == 0)
      let trial = try spool.copy()
      #expect(try trial.run("msg-send", ["bob", "trial"]).status == 0)
      // Not the first change: by then a head with balances has been read as well as written.
      if segments(trial) > segments(spool), segments(spool) > 1 { return spool }
    }
    throw HarnessFailure("no segment was sealed in twenty sends")
  }

  @Test func killedAtEveryCallWhileTheLedgerBeginsASegment() throws {
    try SendExperiment(Self.send, on: aboutToSeal(), copies: 1).killEverywhere()
  }

  @Test func everyCallFailsWhileTheLedgerBeginsASegment() throws {
    try SendExperiment(Self.send, on: aboutToSeal(), copies: 1).failEverywhere("EIO")
  }

  /// A spool whose feed has a full segment: one event that happened, and 1,023 links of another file.
  private func aboutToBeginFeedSegment() throws -> TestSpool {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob", "earlier"]).status == 0)
    let folder = "\(spool.path)/feed/000000000001"
    try spool.folder.write("spool/feed/000000000001/000000000002", "filled by hand\n")
    for number in 3...1024 {
      let name = String(repeating: "0", count: 12 - String(number).count) + String(number)
      try FileManager.default.linkItem(atPath: "\(folder)/000000000002", toPath: "\(folder)/\(name)")
    }
    let trial = try spool.copy()
    #expect(try trial.run("msg-send", ["bob", "trial"]).status == 0)
    #expect(trial.folder.names(in: "spool/feed/000000001025") == ["000000001025"])
    return spool
  }

  @Test func killedAtEveryCallWhileTheFeedBeginsASegment() throws {
    try SendExperiment(Self.send, on: aboutToBeginFeedSegment(), copies: 1).killEverywhere()
  }

  @Test func everyCallFailsWhileTheFeedBeginsASegment() throws {
    try SendExperiment(Self.send, on: aboutToBeginFeedSegment(), copies: 1).failEverywhere("EIO")
  }
}
