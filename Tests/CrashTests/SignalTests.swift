import TestSupport
import Testing

/// A send that is asked to end, at every state-changing call it makes. It is sent and says 0, or it is not sent and says
/// something else; there is no third thing (invariants 3 and 4).
@Suite(.serialized) struct SignalTests {
  private static let send = FaultyCommand("msg-send", ["bob"], input: "저녁 7시에 만나요\n")

  /// Breaks, as it was seen to, when a signal that came too late to stop the send ends the process before it has said 0.
  @Test(arguments: [("SIGTERM", Int32(15)), ("SIGINT", 2), ("SIGHUP", 1)])
  func askedToEndAtEveryCall(signal: (name: String, number: Int32)) throws {
    let template = TestSpool()
    #expect(try template.run("msg-send", ["bob", "earlier"]).status == 0)
    let result = try SendExperiment(Self.send, on: template, copies: 1).signalEverywhere(signal.name, number: signal.number)
    // Before the charge it can still step back, after it it goes on: both must have been seen.
    #expect(result.ended > 3 && result.finished > 3, "\(result)")
  }

  /// A pipe without a reader as standard output, with the signals of a shell.
  private func sendIntoClosedPipe(_ options: String, on spool: TestSpool) throws -> ToolRun {
    let script = "mkfifo pipe && exec 3<>pipe 4>pipe 3<&- && \"$0\" \(options) bob hi >&4"
    return try spool.run("sh", ["-c", "cd '\(spool.folder.path)' && \(script)", "\(toolFolder)/msg-send"])
  }

  /// The id is printed before anything is charged: nobody to take it, nothing sent.
  @Test func nobodyReadsTheID() throws {
    let spool = TestSpool()
    let outcome = try sendIntoClosedPipe("--print-id", on: spool)
    #expect([74, 128 + 13].contains(outcome.status), "\(outcome)")
    #expect(spool.messages(of: "bob").isEmpty)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).status == 66)
  }

  /// The answer in JSON comes after the delivery, and who misses it is told. Breaks when SIGPIPE ends the command there.
  @Test func nobodyReadsTheAnswer() throws {
    let spool = TestSpool()
    let outcome = try sendIntoClosedPipe("--json", on: spool)
    #expect(outcome.status == 74 && outcome.errors.contains("WAS delivered"), "\(outcome)")
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "99\n")
  }
}
