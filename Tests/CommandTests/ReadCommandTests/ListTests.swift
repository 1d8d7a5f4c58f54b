import JSONText
import TestSupport
import Testing

struct ListTests {
  private let mailbox: TestMailbox

  private static let selections: [([String], [String])] = [
    ([], ["2", "3"]), (["--all"], ["1", "2", "3", "4"]), (["-a", "-n1"], ["1"]), (["--flagged"], ["3"]), (["--from", "bob"], ["1", "4"]),
    (["--from=bob", "--unread"], []), (["--match", "WORDS"], ["2"]), (["--match=안녕"], ["3"]), (["--newest-first"], ["4", "3", "2", "1"]),
    (["--newest-first", "--limit=1"], ["4"]), (["--all", "--offset", "3"], ["4"]), (["--sort=from"], ["1", "4", "2", "3"]),
    (["--since", "2026-11-22T07:43:03Z"], ["3", "4"]), (["--until", "2026-11-22T07:43:03Z"], ["1", "2"]),
    (["--since", "2026-11-23"], []), (["--until=2026-11-22"], []), (["--since=2026-11-22", "--until=2026-11-23", "--unread"], ["2", "3"]),
    (["--from", "nobody"], []), (["--from", "Bob@LOCALHOST"], ["1", "4"]), (["--from", "bob@elsewhere"], []), (["--limit", "0"], []),
  ]

  init() throws {
    mailbox = try TestMailbox()
    try mailbox.add(1, from: "bob", subject: "first", place: "cur", flags: "S")
    try mailbox.add(2, from: "carol", text: "no  subject,\nonly words\n")
    try mailbox.add(3, from: "dan", subject: "=?UTF-8?B?7JWI64WV?=", place: "cur", flags: "F")
    try mailbox.add(4, from: "bob", subject: "answered", place: "cur", flags: "RS")
  }

  // Fails when the list's columns change, which scripts cut apart.
  @Test func columns() throws {
    #expect(
      try mailbox.read().output == """
        2 N--  2026-11-22 16:43  carol  no subject, only words
        3 NF-  2026-11-22 16:43  dan    안녕

        """)
    #expect(
      try mailbox.read("--all").lines == [
        "1 ---  2026-11-22 16:43  bob    first", "2 N--  2026-11-22 16:43  carol  no subject, only words",
        "3 NF-  2026-11-22 16:43  dan    안녕", "4 --R  2026-11-22 16:43  bob    answered",
      ])
    #expect(try mailbox.read("--all").errors.isEmpty)
  }

  // Fails when a selector or its order goes wrong on its way from the command line.
  @Test(arguments: ListTests.selections)
  func selecting(arguments: [String], numbers: [String]) throws {
    let list = try mailbox.spool.run("msg-read", arguments)
    #expect(list.lines.map { String($0.prefix(1)) } == numbers && list.status == (numbers.isEmpty ? 1 : 0) && list.errors.isEmpty)
    let count = try mailbox.spool.run("msg-read", arguments + ["--count"])
    #expect(count.output == "\(numbers.count)\n" && count.status == 0, "what is counted is what is listed")
  }

  // Fails when a sender of mail from elsewhere is not found by name, by address, or is by part of one.
  @Test(arguments: [
    ("Rob Builder <rob.b@x.org>", ["rob.b", "rob.b@x.org", "rob.b@X.ORG"], ["rob", "x.org", "b@x.org", "rob.b@x"]),
    ("<cora@y.org>", ["cora", "cora@y.org"], ["cora@z.org"]), ("dave", ["dave"], ["dave@localhost"]),
    ("=?utf-8?B?7ZWc?= <Han@x.kr>", ["Han", "han@x.kr"], ["han"]),
  ])
  func senders(field: String, found: [String], missed: [String]) throws {
    try mailbox.addForeign("new/1795999999.a.h", "From: \(field)\nSubject: s\n\ntext\n")
    for word in found { #expect(try mailbox.read("--from=\(word)").lines.map { $0.prefix(1) } == ["5"], "\(word)") }
    for word in missed { #expect(try mailbox.read("--from=\(word)").status == 1, "\(word)") }
  }

  // Fails when a key of the JSON changes, which other programs rely on.
  @Test func json() throws {
    let list = try mailbox.read("--json", "--flagged")
    let value = try JSONValue(parsing: list.output)
    guard case .object(let members) = value else { throw TestFailure(list) }
    #expect(
      members.map(\.key) == [
        "n", "id", "from", "from_address", "to", "subject", "date", "unread", "flagged", "replied", "size", "text_preview", "message_id",
        "in_reply_to",
      ])
    #expect(value["n"] == 3 && value["id"]?.string == TestMailbox.id(3) && value["to"]?.array == ["alice"])
    #expect(value["date"] == "2026-11-22T07:43:03.000000Z" && value["subject"] == "안녕" && value["text_preview"] == "text")
    #expect(value["unread"] == true && value["flagged"] == true && value["replied"] == false)
    let shown = try JSONValue(parsing: try mailbox.read("--json", "2").output)
    #expect(shown["text"] == "no  subject,\nonly words\n" && shown["unread"] == true)
    #expect(mailbox.flags()[2] == "S")
  }

  // Fails when an empty or missing mailbox is an error, or a missing spool is none.
  @Test func emptiness() throws {
    let nobody = try mailbox.read(user: "zoe")
    #expect(nobody.status == 1 && nobody.output.isEmpty && nobody.errors.isEmpty)
    #expect(try mailbox.read("--count", user: "zoe").output == "0\n")
    #expect(try mailbox.read("next", user: "zoe").status == 1)
    #expect(try mailbox.read("1", user: "zoe").errors == "msg-read: no message 1: the mailbox is empty\n")
    let missing = try mailbox.read("--count", "--spool", "/nonexistent/spool")
    #expect(missing.status == 66 && missing.output.isEmpty && missing.errors.hasPrefix("msg-read: /nonexistent/spool: no spool there: "))
  }

  // Fails when the table of mailboxes counts wrongly or trips over what is no mailbox.
  @Test func boxes() throws {
    try mailbox.add(1, user: "zoe.long-name")
    try mailbox.spool.folder.write("spool/mailboxes/stray file", "")
    try mailbox.spool.folder.write("spool/mailboxes/.hidden/new/1.a.h", "")
    #expect(try mailbox.read("--boxes").lines == ["alice          4 total  2 unread", "zoe.long-name  1 total  1 unread"])
    #expect(try mailbox.read("--boxes", "--json").lines.last == #"{"user":"zoe.long-name","total":1,"unread":1}"#)
  }

  // Fails when the mailbox of another is read than the one that was asked for.
  @Test func whoIAm() throws {
    try mailbox.add(9, user: "zoe")
    #expect(try mailbox.read("--count", "--user", "zoe").output == "1\n")
    #expect(try mailbox.read("--count", "--user", "zoe", user: "nobody").output == "1\n")
    let login = try run("id", ["-un"]).output.split(separator: "\n").joined()
    try mailbox.add(8, user: login)
    #expect(try mailbox.read("--count", user: "").output == "1\n", "without MSG_USER it is \(login)")
    for wrong in ["-x", "a b", "..", "한", "a/b"] {
      #expect(try mailbox.read("--user=\(wrong)").status == 64)
      #expect(try mailbox.read(user: wrong).status == 64)
    }
  }
}

/// A test that cannot go on.
struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ run: ToolRun) { description = run.description }
}
