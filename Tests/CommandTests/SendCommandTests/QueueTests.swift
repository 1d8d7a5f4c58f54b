import JSONText
import TestSupport
import Testing

/// Sends that may wait: for their time, or for a payment that cannot be had now.
@Suite struct QueueTests {
  private let spool = TestSpool()

  /// A spool whose sender has `balance` credits left.
  private func spend(all butFor: Int = 0) throws {
    try spool.folder.write("spool/config", "opening-credit = \(butFor)\n")
  }

  init() throws {
    #expect(try spool.run("msg-send", ["bob", "earlier"], user: "zoe").status == 0)
    try spend()
  }

  private func state(_ key: String) throws -> String? {
    try JSONValue(parsing: spool.run("msg-send", ["--status", key, "--json"]).output)["state"]?.string
  }

  @Test func withoutCreditItIsAcceptedAndReleasedByATopUp() throws {
    let accepted = try spool.run("msg-send", ["--queue", "--id", "k", "bob,carol", "안녕"])
    #expect(accepted.status == 0 && accepted.output.isEmpty && accepted.errors.contains("no credit"), "\(accepted)")
    #expect(try spool.run("msg-send", ["-q", "--queue", "dave", "x"]).errors.isEmpty)
    #expect(try state("k") == "queued")
    #expect(try spool.run("msg-send", ["--list"]).lines.count == 2)
    let idle = try spool.run("msg-send", ["--flush"])
    #expect(idle.status == 0 && idle.errors.isEmpty && idle.output.isEmpty, "\(idle)")
    #expect(try spool.run("msg-pay", ["topup", "alice", "2"]).status == 0)
    #expect(spool.messages(of: "carol").isEmpty, "a top-up alone delivers nothing")
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(try state("k") == "delivered")
    #expect(spool.messages(of: "carol").count == 1 && spool.messages(of: "dave").isEmpty)
    #expect(try spool.run("msg-read", ["--body", "1"], user: "carol").output == "안녕\n")
    #expect(try spool.run("msg-send", ["--list"]).lines.count == 1)
  }

  @Test func theJSONAnswerSaysQueued() throws {
    let answer = try JSONValue(parsing: spool.run("msg-send", ["--queue", "--json", "bob", "hi"]).output)
    #expect(answer["state"] == "queued" && answer["payment"] == "none" && answer["price"] == 1)
  }

  @Test func theConfigurationMayQueueAndAnOptionForbidIt() throws {
    try spool.folder.write("spool/config", "opening-credit = 0\nqueue = yes\n")
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    #expect(try spool.run("msg-send", ["--no-queue", "bob", "hi"]).status == 77)
    #expect(try spool.run("msg-send", ["--queue", "--no-queue", "bob", "hi"]).status == 64)
    try spool.folder.write("spool/config", "queue = maybe\n")
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 78)
  }

  /// The same key answers the same id, and is charged and delivered once, whether it waits or has been released.
  @Test func aRepeatOfWhatWaitsIsTheSameSend() throws {
    func send(_ more: String...) throws -> ToolRun {
      try spool.run("msg-send", ["--queue", "-q", "--id", "k", "--print-id"] + more + ["bob,carol", "hi"])
    }
    let first = try send()
    #expect(try send().output == first.output && first.status == 0)
    #expect(try spool.run("msg-send", ["--queue", "--id", "k", "bob", "other"]).status == 65)
    #expect(try spool.run("msg-pay", ["topup", "alice", "9"]).status == 0)
    #expect(try send().output == first.output)
    #expect(spool.messages(of: "carol").count == 1, "a repeat tries what waits")
    #expect(try send().output == first.output)
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "7\n")
  }

  @Test func aScheduledMessageWaitsForItsTime() throws {
    try spend(all: 5)
    let accepted = try spool.run("msg-send", ["--at", "2999-01-01T00:00:00Z", "--id", "k", "bob", "new year"], user: "eve")
    #expect(accepted.status == 0 && accepted.errors.isEmpty)
    let status = try JSONValue(parsing: spool.run("msg-send", ["--status", "k", "--json"], user: "eve").output)
    #expect(status["state"] == "scheduled" && status["at"] == "2999-01-01T00:00:00.000000Z", "\(status)")
    #expect(try spool.run("msg-send", ["--flush", "--all"]).status == 0)
    #expect(try spool.run("msg-pay", ["balance", "eve"]).status == 66, "it is charged when it is delivered")
    #expect(try spool.run("msg-send", ["--list", "--json"], user: "eve").output.contains("\"next\":\"2999-01-01T00:00:00.000000Z\""))
  }

  /// A time that has come: whoever sends next delivers it, and so does a flush.
  @Test(arguments: [["--flush"], ["frank", "hello"]]) func whatIsDueIsDelivered(arguments: [String]) throws {
    try spend(all: 5)
    #expect(try spool.run("msg-send", ["--at", "+10m", "bob", "soon"]).status == 0)
    #expect(spool.messages(of: "bob").count == 1)
    let later = try run(
      "faketime", ["+11 minutes", "\(toolFolder)/msg-send"] + arguments, environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(later.status == 0, "\(later)")
    #expect(spool.messages(of: "bob").count == 2)
    #expect(try spool.run("msg-read", ["last"], user: "bob").output.contains("soon"))
  }

  /// Local times are those of the sender's zone, on both sides of a change of the clock.
  @Test(arguments: [
    ("America/New_York", "2099-03-07 09:00", "2099-03-07T14:00:00.000000Z"),
    ("America/New_York", "2099-03-09 09:00", "2099-03-09T13:00:00.000000Z"),
    ("Asia/Seoul", "2099-03-09 09:00", "2099-03-09T00:00:00.000000Z"),
  ]) func localTimesFollowTheZone(zone: String, time: String, expected: String) throws {
    let sent = try spool.run("msg-send", ["--at", time, "--id", "k", "bob", "x"], environment: ["TZ": zone])
    #expect(sent.status == 0, "\(sent)")
    #expect(try JSONValue(parsing: spool.run("msg-send", ["--status", "k", "--json"]).output)["at"]?.string == expected)
  }

  /// The time as it was asked for belongs to the key: `+1h` repeated a little later is the same send.
  @Test func aRepeatedRelativeTimeIsTheSameSend() throws {
    let first = try spool.run("msg-send", ["--at", "+1h", "--id", "k", "--print-id", "bob", "x"])
    let second = try spool.run("msg-send", ["--at", "+1h", "--id", "k", "--print-id", "bob", "x"])
    #expect(second.status == 0 && first.output == second.output, "\(second)")
    #expect(try spool.run("msg-send", ["--at", "+2h", "--id", "k", "bob", "x"]).status == 65)
    #expect(try spool.run("msg-send", ["--list"]).lines.count == 1)
  }

  @Test func onlyTheSenderCancels() throws {
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "k", "bob", "x"]).status == 0)
    let id = try spool.run("msg-send", ["--list"]).output.prefix(26)
    #expect(try spool.run("msg-send", ["--cancel", "\(id)"], user: "mallory").status == 77)
    #expect(try spool.run("msg-send", ["--cancel", "\(id)"]).status == 0)
    #expect(try spool.run("msg-send", ["--cancel", "\(id)"]).status == 66)
    #expect(try state("k") == "cancelled" && spool.run("msg-send", ["--list"]).output.isEmpty)
    #expect(try spool.run("msg-pay", ["topup", "alice", "5"]).status == 0)
    #expect(try spool.run("msg-send", ["--flush"]).status == 0 && spool.messages(of: "bob").count == 1)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "another text"]).status == 0, "a cancelled send leaves its key free")
  }

  /// What could not be paid for in its lifetime is given up, and its sender can tell.
  @Test func whatWaitsForTooLongFails() throws {
    try spool.folder.write("spool/config", "opening-credit = 0\nqueue-lifetime = 3600\n")
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "k", "bob", "x"]).status == 0)
    let environment = ["MSG_SPOOL": spool.path, "MSG_USER": "alice"]
    let early = try run("faketime", ["+50 minutes", "\(toolFolder)/msg-send", "--flush"], environment: environment)
    #expect(try early.status == 0 && state("k") == "queued", "\(early)")
    let late = try run("faketime", ["+61 minutes", "\(toolFolder)/msg-send", "--flush"], environment: environment)
    #expect(late.status == 0 && late.errors.contains("given up"), "\(late)")
    #expect(try state("k") == "failed")
    #expect(try spool.run("msg-send", ["--status", "k"]).output.contains("could not be paid"))
    #expect(spool.folder.names(in: "spool/feed/000000000001").count == 2, "an event tells its sender")
  }

  /// A computer that was off for longer than promises are kept, or whose clock was wrong when one was made. Breaks when a message is given up
  /// that was never tried.
  @Test(arguments: [["--at", "+1h"], ["--queue"]]) func whatNobodyTriedIsTried(option: [String]) throws {
    try spool.folder.write("spool/config", "opening-credit = 0\nqueue-lifetime = 3600\n")
    #expect(try spool.run("msg-send", ["-q", "--id", "k"] + option + ["bob", "x"]).status == 0)
    #expect(try spool.run("msg-pay", ["topup", "alice", "5", "--open"]).status == 0)
    let late = try run(
      "faketime", ["+9 days", "\(toolFolder)/msg-send", "--flush"], environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(try late.status == 0 && late.errors.isEmpty && state("k") == "delivered", "\(late)")
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "4\n")
  }

  /// Modes that exclude each other, and what none of them takes.
  @Test(arguments: [
    ["--list", "--flush"], ["--cancel", "x", "--status", "y"], ["--all"], ["--list", "bob"], ["--flush", "bob"],
    ["--at", "+1h", "--no-queue", "b", "x"],
  ]) func contradictionsAreUsageErrors(arguments: [String]) throws {
    #expect(try spool.run("msg-send", arguments).status == 64)
  }

  /// A queue that is long costs an ordinary send nothing: it makes the same system calls, but for the few that look for what is due.
  @Test func aLongQueueCostsAnOrdinarySendNothing() throws {
    try spend(all: 100)
    let lines = (0..<200).map { "{\"to\":\"bob\",\"text\":\"\($0)\",\"at\":\"+\(1 + $0)h\"}" }.joined(separator: "\n")
    func calls() throws -> Int {
      let traced = try spool.run("strace", ["-f", "-qq", "-o", spool.folder.file("trace"), "\(toolFolder)/msg-send", "bob", "hi"])
      #expect(traced.status == 0, "\(traced)")
      return try spool.folder.read("trace").split(separator: "\n").count
    }
    _ = try calls()
    let before = try calls()
    #expect(try spool.run("msg-send", ["--batch"], input: lines).status == 0)
    #expect(try calls() - before < 40)
  }

  /// What is over leaves nothing in `deferred/`, whatever ended it. Breaks when the mark at the end of a message's lifetime stays for 30
  /// days.
  @Test(arguments: [["--flush"], ["--flush", "--all"], ["--queue", "--id", "k", "bob", "hi"], ["--cancel", "k"]])
  func whatIsOverLeavesNoMark(arguments: [String]) throws {
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "k", "bob", "hi"]).status == 0)
    #expect(try marks().count == 2)
    if arguments[0] != "--cancel" { #expect(try spool.run("msg-pay", ["topup", "alice", "1"]).status == 0) }
    #expect(try spool.run("msg-send", arguments).status == 0)
    #expect(try marks().isEmpty)
  }

  /// Breaks when a message of a gateway outside leaves the mark of its next try, which nothing but the clock tells.
  @Test(arguments: [["--flush", "--all"], ["--queue", "--id", "k", "bob", "hi"], ["--cancel", "k"]])
  func whatIsOverBeforeItsNextTryLeavesNoMark(arguments: [String]) throws {
    try spool.folder.writeProgram("gateway", "#!/bin/sh\necho ok 1; exit $(cat '\(spool.folder.file("answer"))')\n")
    try spool.folder.write("spool/config", "gateway = exec \(spool.folder.file("gateway"))\ngateway.default.timeout = 4000\n")
    try spool.folder.write("answer", "75")
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "k", "bob", "hi"]).status == 0)
    #expect(try marks().count == 1)
    try spool.folder.write("answer", "0")
    #expect(try spool.run("msg-send", arguments).status == 0)
    #expect(try marks().isEmpty)
    #expect(spool.messages(of: "bob").count == (arguments[0] == "--cancel" ? 1 : 2))
  }

  /// A command that is killed after a delivery leaves the marks. Breaks when `--flush --all` leaves them too, or takes those of what waits.
  @Test func aFlushOfAllRemovesTheMarksOfWhatIsOver() throws {
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "k", "bob", "hi"]).status == 0)
    let waiting = try marks()
    let id = "0123456789ABCDEFGHJKMNPQRS"
    try spool.folder.write("spool/deferred/at/2099-12-31/23/59/58/\(id).01234567", "")
    try spool.folder.write("spool/deferred/credit/alice/01234567890123456.\(id).01234567", "")
    #expect(try spool.run("msg-send", ["--flush", "--all"]).status == 0)
    #expect(try Set(marks()) == Set(waiting))
  }

  @Test func whatIsCancelledBeforeItsTimeLeavesNoMark() throws {
    #expect(try spool.run("msg-send", ["--id", "k", "--at", "+9w", "bob", "hi"]).status == 0)
    #expect(try marks().count == 1)
    #expect(try spool.run("msg-send", ["--cancel", "k"]).status == 0)
    #expect(try marks().isEmpty)
  }

  /// The marks of what waits, and folders for times.
  private func marks() throws -> [Substring] {
    let found = try run("sh", ["-c", "find '\(spool.path)/deferred/at' '\(spool.path)/deferred/credit' -type f -o -path '*/at/*' -empty"])
    return found.output.split(separator: "\n")
  }

  /// Breaks when an error names the id that a key stands for, which nobody has seen.
  @Test func anErrorNamesTheKey() throws {
    #expect(try spool.run("msg-send", ["-q", "--queue", "--id", "my key", "bob", "hi"]).status == 0)
    let other = try spool.run("msg-send", ["--queue", "--id", "my key", "bob", "something else"])
    #expect(other.status == 65 && other.errors.contains("message 'my key'"), "\(other)")
    let foreign = try spool.run("msg-send", ["--cancel", "no key"])
    #expect(foreign.status == 66 && foreign.errors.contains("message 'no key'"), "\(foreign)")
  }
}
