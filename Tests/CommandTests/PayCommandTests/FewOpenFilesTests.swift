import TestSupport
import Testing

/// Commands of a process that may open few files.
@Suite struct FewOpenFilesTests {
  private let spool = TestSpool()

  private func limited(_ count: Int, _ command: String) throws -> ToolRun {
    try spool.run(
      "sh", ["-c", "rm -rf \"$MSG_SPOOL/pay/cache\"; ulimit -n \(count); \(command)"],
      environment: ["PATH": "\(toolFolder):/usr/local/bin:/usr/bin:/bin"])
  }

  /// A book of many small segments whose index is lost, as after a restart. Breaks when a command needs an open file for each.
  @Test func aBookOfManySegments() throws {
    try spool.folder.write("spool/config", "ledger-segment-size = 4096\nopening-credit = 2000\n")
    let lines = (0..<30).map { "{\"to\":\"bob\",\"text\":\"\($0)\"}" }.joined(separator: "\n")
    for _ in 0..<30 { #expect(try spool.run("msg-send", ["--batch"], input: lines).status == 0) }
    #expect(spool.folder.names(in: "spool/pay/ledger").count > 25)
    for command in [
      "msg-send bob x", "msg-send --id k bob x", "msg-send --flush", "msg-send --sent --limit 1", "msg-pay balance", "msg-pay verify",
      "msg-pay history --limit 2", "msg-pay topup alice 1 --open", "msg-pay journal > /dev/null", "msg-read --user bob --count",
    ] {
      let run = try limited(20, command)
      #expect(run.status == 0, "\(command): \(run)")
    }
    #expect(try limited(48, "msg-alarmd --once").status == 0)
  }

  /// Breaks when the limit is reached and nothing says what helps, or something is charged or lost.
  @Test func tooFewAreNamed() throws {
    #expect(try spool.run("msg-send", ["bob", "x"]).status == 0)
    let names = (0..<80).map { "u\($0)" }.joined(separator: ",")
    let refused = try limited(64, "msg-send '\(names)' x")
    #expect(refused.status == 74 && refused.errors.contains("allow more open files (ulimit -n)"), "\(refused)")
    #expect(try spool.run("msg-pay", ["balance"]).output == "alice  99\n")
    #expect(try spool.run("msg-send", [names, "x"]).status == 0)
  }
}
