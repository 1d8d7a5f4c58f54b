import JSONText
import TestSupport
import Testing

/// Who is meant: names, the words of `aliases`, and the last of those selected.
struct NamingTests {
  private let spool = TestSpool()

  init() throws {
    try spool.folder.write("spool/aliases", "한준성: junseong\nboss: 한준성\nteam: bob, 한준성\nloop: pool\npool: loop\n")
    for (user, text) in [("junseong", "하나"), ("bob", "two"), ("junseong", "셋"), ("carol", "four")] {
      #expect(try spool.run("msg-send", ["alice", text], user: user).status == 0)
    }
  }

  private func numbers(_ arguments: String...) throws -> [String] {
    try spool.run("msg-read", arguments).lines.map { String($0.split(separator: " ")[0]) }
  }

  // Fails when an alias is no name where a name is typed.
  @Test func aliasesAreNamesEverywhere() throws {
    #expect(try numbers("--from", "한준성") == ["1", "3"] && numbers("--from", "boss") == ["1", "3"])
    #expect(try numbers("--from", "team") == ["1", "2", "3"], "a group is each of its members")
    // As a Mac writes it.
    #expect(try numbers("--from", "\u{1112}\u{1161}\u{11ab}\u{110c}\u{116e}\u{11ab}\u{1109}\u{1165}\u{11bc}") == ["1", "3"])
    #expect(try spool.run("msg-send", ["--from", "한준성", "한준성", "to myself"]).status == 0)
    #expect(try spool.run("msg-read", ["--user", "boss", "--count"]).output == "1\n")
    #expect(try spool.run("msg-read", ["--count"], user: "한준성").output == "1\n", "also in $MSG_USER")
    #expect(try spool.run("msg-send", ["--sent", "--from", "한준성"]).lines.count == 3)
    #expect(try spool.run("msg-pay", ["balance", "한준성"]).output == "97\n")
    let batch = try spool.run("msg-send", ["--batch"], input: "{\"from\":\"한준성\",\"to\":\"alice\",\"text\":\"x\"}\n")
    #expect(batch.status == 0, "\(batch)")
    let group = try spool.run("msg-read", ["--user", "team"])
    #expect(group.status == 64 && group.errors.contains("'team' stands for 2 names: name one: bob, junseong"), "\(group)")
    #expect(try spool.run("msg-read", ["--user", "없음"]).status == 64)
    #expect(try spool.run("msg-read", ["--user", "loop"]).status == 78)
  }

  // Fails when a list cannot show who somebody is.
  @Test func aListShowsAliases() throws {
    let list = try spool.run("msg-read", ["--all", "--aliases"])
    #expect(list.lines.map { $0.split(separator: " ")[4] } == ["한준성", "bob", "한준성", "carol"], "\(list)")
    #expect(list.lines[0].hasSuffix("  한준성  하나") && list.lines[1].hasSuffix("  bob     two"), "\(list)")
  }

  // Fails when the last of a selection is that of the mailbox, or a number is that of a selection.
  @Test func theLastOfASelection() throws {
    #expect(try spool.run("msg-read", ["--peek", "--body", "--from", "junseong", "last"]).output == "셋\n")
    #expect(try spool.run("msg-read", ["--peek", "--body", "--from=junseong", "first"]).output == "하나\n")
    #expect(try spool.run("msg-read", ["--body", "--from=한준성", "next"]).output == "하나\n")
    #expect(try spool.run("msg-read", ["--body", "--from=한준성", "next"]).output == "셋\n")
    #expect(try spool.run("msg-read", ["--body", "--from=한준성", "next"]).status == 1)
    #expect(try spool.run("msg-read", ["--from=nobody", "last"]).status == 1)
    #expect(try spool.run("msg-read", ["--from=bob", "2"]).status == 64)
    #expect(try spool.run("msg-read", ["--delete", "--from=한준성", "last"]).status == 0)
    #expect(try numbers("--all") == ["1", "2", "3"])
  }
}
