import TestSupport
import Testing

/// A send that may wait for credit, and the flush that releases or ends it, killed or failed at every state-changing system call.
/// Afterwards the sender gets credit and ordinary commands go on: what was accepted is delivered and paid once, what was refused is
/// not.
///
/// Faults that it found: copy 1 delivered before the others after a message was taken up; names that stayed behind an acceptance whose
/// sync had failed, so that a message was delivered after a status other than 0.
@Suite(.serialized) struct QueueCrashTests {
  private static let queued = FaultyCommand("msg-send", ["--queue", "bob,carol", "hi"])
  private static let keyed = FaultyCommand("msg-send", ["--queue", "--id", "key", "bob,carol", "hi"])
  private static let flush = FaultyCommand("msg-send", ["--flush"])

  /// A spool in daily use whose sender has nothing left, with a message that waits for a far time all along.
  private func poor() throws -> TestSpool {
    let spool = TestSpool()
    try spool.expect("msg-send", ["bob,carol,dave", "earlier"])
    try spool.expect("msg-send", ["--id", "far", "--at", "+9w", "bob", "much later"])
    try spool.expect("msg-pay", ["charge", "alice", "97", "--id", "rest"])
    return spool
  }

  /// The same with a message that waits for credit, which has come.
  private func released() throws -> TestSpool {
    let spool = try poor()
    try spool.expect("msg-send", ["-q"] + Self.queued.arguments)
    try spool.expect("msg-pay", ["topup", "alice", "10", "--open"])
    return spool
  }

  /// The same with a message that has waited for too long.
  private func expired() throws -> TestSpool {
    let spool = try poor()
    try spool.expect("msg-send", ["-q"] + Self.queued.arguments)
    let aged = try run(
      "sh",
      [
        "-c",
        """
        cd '\(spool.path)/deferred' && for file in $(grep -l 'X-Msg-Copy: ./2' messages/*); do
          sed -i 's/^X-Msg-Accepted: 20../X-Msg-Accepted: 2019/' $file; done
        mkdir -p at/2019-01-01/00/00/00 && touch "at/2019-01-01/00/00/00/$(ls credit/alice | head -1 | cut -d. -f2-)"
        """,
      ])
    guard aged.status == 0 else { throw HarnessFailure("\(aged)") }
    return spool
  }

  private func calls(of command: FaultyCommand, on spool: TestSpool) throws -> [ObservedCall] {
    let calls = try command.calls(on: spool.copy())
    guard calls.count > 10 else { throw HarnessFailure("too few calls were seen: \(calls)") }
    return calls
  }

  /// Recovers, gives credit, flushes; what was delivered since `before`, and what was paid for it.
  private func settle(_ spool: TestSpool, since before: Books, topUp: Int = 10, feedFailed: Bool = false) throws -> (
    delivered: Int, paid: Int
  ) {
    _ = try Books(recovering: spool)
    if topUp > 0 { try spool.expect("msg-pay", ["topup", "alice", "\(topUp)", "--open"]) }
    // What could not be paid for a reason of another kind is tried again after a while.
    try spool.expect("msg-send", ["--flush", "--all"])
    let after = try Books(recovering: spool)
    let waiting = spool.folder.names(in: "spool/deferred/messages")
    #expect(waiting.count == 1, "only the scheduled message waits: \(waiting)")
    let status = try spool.run("msg-send", ["--status", "far"])
    #expect(status.output.contains("scheduled"), "\(status)")
    // A feed that cannot be written never fails a send: the alarm side makes the event good (invariant 5).
    if !feedFailed { #expect(after.events - before.events == after.delivered - before.delivered) }
    return (after.delivered - before.delivered, before.balance + topUp - after.balance)
  }

  @Test(arguments: [queued, keyed]) func killedAtEveryCallOfAccepting(command: FaultyCommand) throws {
    let template = try poor()
    for call in try calls(of: command, on: template) {
      let spool = try template.copy()
      let before = try Books(spool)
      #expect(try command.run(on: spool, .kill, at: call).status == 137)
      let (delivered, paid) = try settle(spool, since: before)
      #expect(delivered == paid && [0, 2].contains(delivered), "\(delivered) delivered, \(paid) paid after \(call)")
      if command.arguments.contains("--id") {
        try spool.expect("msg-send", command.arguments)
        #expect(try Books(spool).delivered - before.delivered == 2, "repeated after \(call)")
      }
    }
  }

  @Test(arguments: ["EIO", "ENOSPC", "EINTR"]) func everyCallOfAcceptingFails(error: String) throws {
    let template = try poor()
    for call in try calls(of: Self.queued, on: template) {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try Self.queued.run(on: spool, .error(error), at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      #expect(outcome.status != 70 && outcome.status < 128, "\(error) at \(call): \(outcome)")
      let (delivered, paid) = try settle(spool, since: before)
      #expect(delivered == paid && delivered == (outcome.status == 0 ? 2 : 0), "\(delivered) delivered, \(error) at \(call): \(outcome)")
    }
  }

  @Test func killedAtEveryCallOfTheRelease() throws {
    let template = try released()
    for call in try calls(of: Self.flush, on: template) {
      let spool = try template.copy()
      let before = try Books(spool)
      #expect(try Self.flush.run(on: spool, .kill, at: call).status == 137)
      #expect(try settle(spool, since: before, topUp: 0) == (2, 2), "after \(call)")
    }
  }

  /// A promise outlives every error: it is kept as soon as the disk is well again.
  @Test(arguments: ["EIO", "ENOSPC"]) func everyCallOfTheReleaseFails(error: String) throws {
    let template = try released()
    for call in try calls(of: Self.flush, on: template) {
      let spool = try template.copy()
      let before = try Books(spool)
      let outcome = try Self.flush.run(on: spool, .error(error), at: call)
      #expect(outcome.status != 70 && outcome.status < 128, "\(error) at \(call): \(outcome)")
      let settled = try settle(spool, since: before, topUp: 0, feedFailed: call.line.contains("/spool/feed"))
      #expect(settled == (2, 2), "\(error) at \(call): \(outcome)")
    }
  }

  @Test func killedAtEveryCallOfTheExpiry() throws {
    let template = try expired()
    for call in try calls(of: Self.flush, on: template) {
      let spool = try template.copy()
      let before = try Books(spool)
      #expect(try Self.flush.run(on: spool, .kill, at: call).status == 137)
      _ = try Books(recovering: spool)
      #expect(spool.folder.names(in: "spool/failed").count { !$0.hasSuffix(".reason") } == 2, "after \(call)")
      #expect(spool.feedNumbers().count == 4, "one event tells its sender: \(spool.feedNumbers()), after \(call)")
      #expect(try settle(spool, since: before) == (0, 0), "after \(call)")
    }
  }
}

extension TestSpool {
  /// Runs a command that has to work.
  fileprivate func expect(_ tool: String, _ arguments: [String]) throws {
    let outcome = try run(tool, arguments)
    guard outcome.status == 0 else { throw HarnessFailure("\(tool) \(arguments): \(outcome)") }
  }
}
