import TestSupport
import Testing

/// Times and numbers that other programs leave in a spool: a clock that was wrong, a restored file, a hostile name. None ends a tool.
@Suite struct FarTimeTests {
  private let spool = TestSpool()

  /// A spool with something in each of its folders.
  init() throws {
    try spool.folder.write("spool/config", "keep-sent = yes\n")
    for arguments in [["bob", "hello"], ["--at", "+1d", "bob", "later"], ["--queue", "bob,carol", "two"]] {
      #expect(try spool.run("msg-send", arguments).status == 0)
    }
    #expect(try spool.run("msg-pay", ["topup", "alice", "5", "--open"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try spool.run("msg-read", [], user: "bob").status == 0)
  }

  /// Runs a command of each kind, and each has to end by itself: 128 and more is a signal.
  private func everyToolEnds(_ place: String) throws {
    let commands: [(String, [String])] = [
      ("msg-send", ["bob", "again"]), ("msg-send", ["--list"]), ("msg-send", ["--sent"]), ("msg-send", ["--flush"]),
      ("msg-send", ["--status", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]), ("msg-read", ["--all"]), ("msg-read", ["--all", "--json"]),
      ("msg-read", ["--count"]), ("msg-read", ["--boxes"]), ("msg-read", ["--peek", "1"]), ("msg-read", ["--peek", "last"]),
      ("msg-read", ["--since", "2020-01-01"]), ("msg-pay", ["balance"]), ("msg-pay", ["history"]), ("msg-pay", ["verify"]),
      ("msg-alarmd", ["--once"]), ("msg-alarmd", ["status"]), ("msg-alarmd", ["history"]),
    ]
    for (tool, arguments) in commands {
      let run = try spool.run(tool, arguments, user: tool == "msg-read" ? "bob" : "alice")
      #expect(run.status < 128, "\(place): \(tool) \(arguments): \(run)")
    }
  }

  /// Breaks when the time of a file or folder overflows: `touch -d 2300-01-01 SPOOL` ended every tool.
  @Test(arguments: ["2300-01-01", "2446-01-01", "1902-01-01"])
  func everyFileIsFromAnotherTime(date: String) throws {
    _ = try run("find", [spool.path, "-exec", "touch", "-h", "-d", date, "{}", "+"])
    try everyToolEnds(date)
    #expect(try spool.run("msg-read", ["--count"], user: "bob").status == 0)
  }

  /// Breaks when digits in the name of a message overflow.
  @Test(arguments: ["9999999999999", "999999999999", "99999999999999999999", "253402300800", "000000000000000000000001"])
  func aNameBeginsWithAFarTime(digits: String) throws {
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    let text = "From: alice\nDate: Fri, 31 Dec 9999 23:59:59 -1200\nSubject: far\n\nfar\n"
    for place in ["new/\(digits).\(id).host", "cur/\(digits).x.host:2,S", "new/\(digits)"] {
      try spool.folder.write("spool/mailboxes/bob/\(place)", text)
    }
    try everyToolEnds(digits)
    #expect(try spool.run("msg-send", ["--status", id]).status == 0)
    #expect(try spool.run("msg-read", ["--all"], user: "bob").output.contains("far"))
  }

  /// Breaks when a date in a header overflows, or one that cannot be written as a time of four digits is.
  @Test(arguments: ["Fri, 31 Dec 9999 23:59:59 -9999", "Sat, 1 Jan 0000 00:00:00 +9959", "1 Jan 99999999999999999999 00:00 +0000"])
  func aHeaderHasAFarDate(date: String) throws {
    try spool.folder.write("spool/mailboxes/bob/new/1795600000.far.host", "From: alice\nDate: \(date)\nSubject: far\n\nfar\n")
    try everyToolEnds(date)
    let json = try spool.run("msg-read", ["--all", "--json", "--match", "far"], user: "bob").output
    #expect(json.contains("\"subject\":\"far\""), "\(json)")
  }

  /// Breaks when a number in the name of an entry of our own folders overflows.
  @Test(arguments: ["9999999999999", "99999999999999999999999", "-1", "01ARZ3NDEKTSV4RRFFQ69G5FAV.99999999999999999999"])
  func ourFoldersHoldFarNumbers(name: String) throws {
    let layout = try Repository.read("Sources/Adapters/SpoolLayout/SpoolFolder.swift")
    let named = layout.matches(of: /= SpoolFolder\("([^"]+)"\)/).map { String($0.output.1) }
    let used = try run("find", [spool.path, "-type", "d", "-printf", "%P\\n"]).output.split(separator: "\n").map(String.init)
    #expect(named.count > 20 && used.count > 20)
    for folder in Set(named + used) { try spool.folder.write("spool/\(folder)/\(name)", "x\n") }
    try everyToolEnds(name)
  }

  /// Breaks when a number in a file of ours overflows.
  @Test(arguments: ["9999999999999", "9223372036854775807", "99999999999999999999"]) func ourFilesHoldFarNumbers(digits: String) throws {
    for folder in ["alarms", "feed", "order", "removed", "deferred", "failed", "views", "mailboxes", "pay", "."] {
      let place = "\(spool.path)/\(folder)"
      _ = try run("find", [place, "-type", "f", "-exec", "sed", "-i", "-E", "s/[0-9]{6,}/\(digits)/g", "{}", "+"])
      try everyToolEnds("\(digits) in \(folder)")
    }
  }
}
