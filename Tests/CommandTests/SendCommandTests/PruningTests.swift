import TestSupport
import Testing

/// What is removed from a spool when it is old; by `msg-send --flush` and by the daemon alike.
@Suite struct PruningTests {
  private let spool = TestSpool()

  private func shell(_ script: String) throws -> ToolRun {
    try run(
      "bash", ["-ec", "cd '\(spool.path)'\n\(script)"],
      environment: ["PATH": "\(toolFolder):\(Requirements.path)", "MSG_SPOOL": spool.path, "MSG_USER": "alice", "LC_ALL": "C.UTF-8"])
  }

  /// One that was given up by cancelling it, aged by so many days.
  private func giveUp(aged days: Int) throws -> String {
    let id = try spool.run("msg-send", ["--print-id", "--at", "+1d", "bob", "later"]).output.split(separator: "\n")[0]
    try #require(spool.run("msg-send", ["--cancel", String(id)]).status == 0)
    try #require(shell("touch -d '\(days) days ago' failed/\(id) failed/\(id).reason").status == 0)
    return String(id)
  }

  // Fails when what was given up is kept for ever, goes too early, or leaves its reason; or when it goes while an event is a link to it.
  @Test(arguments: [["msg-send", "--flush"], ["msg-alarmd", "--once"]])
  func givenUpMessages(command: [String]) throws {
    let (old, young, linked) = (try giveUp(aged: 401), try giveUp(aged: 399), try giveUp(aged: 401))
    try #require(shell("ln failed/\(linked) event").status == 0)
    #expect(try spool.run(command[0], Array(command.dropFirst())).status == 0)
    let left = spool.folder.names(in: "spool/failed")
    #expect(Set(left) == Set([young, linked].flatMap { [$0, "\($0).reason"] }), "\(old): \(left)")
    try spool.folder.write("spool/config", "failed-days = 0\n")
    try #require(shell("rm event; touch -d '9 years ago' failed/*").status == 0)
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(spool.folder.names(in: "spool/failed") == left)
    try spool.folder.write("spool/config", "failed-days = 1\n")
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(spool.folder.names(in: "spool/failed").isEmpty)
    #expect(try spool.run("msg-send", ["--status", young]).status == 66)
  }

  // Fails when copies of what was sent are removed without being asked to, or when flagged ones are, or those of other programs.
  @Test func sentCopies() throws {
    try spool.folder.write("spool/format", "msgspool 1\n")
    try spool.folder.write("spool/config", "keep-sent = yes\n")
    for text in ["old", "flagged", "new"] { try #require(spool.run("msg-send", ["bob", text]).status == 0) }
    let aged = try shell(
      """
      cd mailboxes/alice/.Sent/cur
      i=0
      for file in *; do
        i=$((i + 1))
        case $i in
          1) mv "$file" "1700000000.${file#*.}" ;;
          2) flagged=1700000000.${file#*.}; mv "$file" "${flagged%,S},FS" ;;
        esac
      done
      echo mine > '1700000000.1_1.mutt:2,S'
      """)
    try #require(aged.status == 0, "\(aged)")
    let names = spool.folder.names(in: "spool/mailboxes/alice/.Sent/cur")
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(spool.folder.names(in: "spool/mailboxes/alice/.Sent/cur") == names && names.count == 4)
    try spool.folder.write("spool/config", "keep-sent = yes\nsent-days = 30\n")
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    let left = spool.folder.names(in: "spool/mailboxes/alice/.Sent/cur")
    #expect(left.count == 3 && left.contains { $0.contains("mutt") } && left.contains { $0.hasSuffix(",FS") }, "\(left)")
  }

  // Fails when the order of a mailbox that is gone stays for ever, or that of one that is there goes.
  @Test func orders() throws {
    try #require(spool.run("msg-send", ["bob,carol", "hello"]).status == 0)
    try #require(shell("rm -r mailboxes/bob; touch -d '2 days ago' order/*").status == 0)
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(spool.folder.names(in: "spool/order") == ["carol"])
  }

  // Fails when a limit that is no number of days is taken.
  @Test func limits() throws {
    try spool.folder.write("spool/format", "msgspool 1\n")
    try spool.folder.write("spool/config", "sent-days = -1\n")
    let flushed = try spool.run("msg-send", ["--flush"])
    #expect(flushed.status == 78 && flushed.errors.contains("config:1"), "\(flushed)")
  }
}
