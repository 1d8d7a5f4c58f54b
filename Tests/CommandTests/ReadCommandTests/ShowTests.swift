import TestSupport
import Testing

struct ShowTests {
  private let mailbox: TestMailbox

  private static let refused: [([String], Int32)] = [
    (["4"], 66), (["0"], 66), (["1-4"], 66), (["1", "9"], 66), (["somebody"], 66), ([TestMailbox.id(7)], 66), (["3-1"], 64), (["2-"], 64),
    (["-a", "--from", "x y"], 64), (["--from", ""], 64), (["--from", "a\u{7}@b"], 64),

    ([""], 64), (["--bogus"], 64), (["-1"], 64), (["--limit=x"], 64), (["--limit=-1"], 64), (["--sort=name"], 64), (["--since=soon"], 64),
    (["--delete"], 64), (["--delete", "--sort=date"], 64), (["--delete", "--limit=1"], 64), (["--body"], 64), (["--raw", "--all"], 64),
    (["--count", "1"], 64), (["--all", "1"], 64), (["--all", "--unread"], 64), (["--flag", "--unflag", "1"], 64),
    (["--delete", "--flag", "1"], 64),
    (["--json", "--raw", "1"], 64), (["--boxes", "--count"], 64), (["--mark-read", "--json", "1"], 64), (["--color=maybe"], 64),
    (["--user="], 64),
    (["--wait", "1"], 64), (["--follow", "1"], 64), (["--wait=x"], 64), (["--wait=-1"], 64), (["--follow", "--sort=date"], 64),
    (["--wait", "--follow"], 64), (["--wait", "--delete", "--unread"], 64), (["--delete", "1", "9"], 66), (["--mark-read", "9"], 66),
  ]

  private static let actions: [([String], [Int: String?])] = [
    (["--mark-read"], [1: "S", 2: "S", 3: "FS"]), (["--mark-read", "2"], [1: nil, 2: "S", 3: "F"]),
    (["--flag", "first"], [1: "F", 2: nil, 3: "F"]), (["--unflag", "1-3"], [1: nil, 2: nil, 3: ""]),
    (["--mark-read", "--unflag", "--all"], [1: "S", 2: "S", 3: "S"]), (["--mark-unread", "--all"], [1: nil, 2: nil, 3: "F"]),
    (["--delete", "--from=carol"], [1: nil, 3: "F"]), (["--delete", "1", "3"], [2: nil]), (["--delete", "--all", "--limit=2"], [3: "F"]),
    (["--delete", "--match", "HELLO"], [2: nil, 3: "F"]),
  ]

  init() throws {
    mailbox = try TestMailbox()
    try mailbox.add(1, from: "bob", subject: "greeting", text: "hello\nworld")
    try mailbox.add(2, from: "carol", text: "second\n")
    try mailbox.add(3, text: "third\n", place: "cur", flags: "F")
  }

  // A restored backup may have a message twice. Fails when it is listed twice, or comes back after it was deleted.
  @Test func aMessageInBothFoldersIsOne() throws {
    _ = try mailbox.shell("cp cur/*:2,F new/twin; mv new/twin \"new/$(basename cur/*:2,F :2,F)\"")
    #expect(try mailbox.read("--count", "--all").output == "3\n")
    // A folder that has the other file's name is nobody's message.
    _ = try mailbox.shell("mkdir \"new/$(basename cur/*:2,F)\"")
    #expect(try mailbox.read("--delete", "3").status == 0)
    #expect(try mailbox.shell("rmdir new/*:2,F").status == 0, "it is left alone")
    #expect(try mailbox.shell("ls new cur | grep -c '^[0-9]'").output == "2\n")
    #expect(try mailbox.read("--count", "--all").output == "2\n")
  }

  // Fails when mail without a character set is not read in the one of the spool, or one that is not known is taken for none.
  @Test func mailWithoutACharset() throws {
    _ = try mailbox.shell("printf 'Subject: \\307\\321\\n\\n\\307\\321\\n' > new/1795333390.x.h")
    #expect(try mailbox.read("--body", "--peek", "4").output.utf8.elementsEqual([0xc7, 0xd1, 10]) == false)
    try mailbox.spool.folder.write("spool/config", "mail-charset = x-none\n")
    let wrong = try mailbox.read("--peek", "4")
    #expect(wrong.status == 78 && wrong.errors.contains("config:1: mail-charset = x-none"), "\(wrong)")
    try mailbox.spool.folder.write("spool/config", "mail-charset = EUC_KR\n")
    let shown = try mailbox.read("4")
    #expect(shown.output.hasSuffix("Subject: 한\n\n한\n") && shown.errors.isEmpty, "\(shown)")
  }

  // Fails when a date that cannot be read is shown as if it could.
  @Test func aDateThatCannotBeRead() throws {
    _ = try mailbox.shell("printf 'Date: 26 Nov 2026 10:00 XST\\n\\nx\\n' > new/1795333390.x.h")
    #expect(try mailbox.read("--peek", "4").output.contains("\nDate: unknown; delivered 2026-11-22"))
  }

  // Fails when a message is shown otherwise than promised, or not marked after it.
  @Test func showing() throws {
    #expect(
      try mailbox.read("1", "2").output == """
        From: bob
        To: alice
        Date: 2026-11-22 16:43 +0900
        Subject: greeting

        hello
        world

        From: carol
        To: alice
        Date: 2026-11-22 16:43 +0900

        second

        """)
    #expect(mailbox.flags() == [1: "S", 2: "S", 3: "F"])
    #expect(try mailbox.read("last").status == 0 && mailbox.flags()[3] == "FS")
  }

  // Fails when looking marks, or a form of showing adds or loses a byte.
  @Test func forms() throws {
    let text = "\u{1b}[31m\r\n tab\t한글 \u{7f}\n\n"
    let name = try mailbox.add(4, text: text)
    #expect(try mailbox.read("--body", "--peek", "4").output == text)
    #expect(mailbox.flags()[4] == .some(nil))
    let file = try mailbox.spool.folder.read("spool/mailboxes/alice/new/\(name)")
    #expect(try mailbox.read("--raw", TestMailbox.id(4)).output == file)
    #expect(mailbox.flags()[4] == "S")
  }

  // Fails when 'next' is not the oldest unread, or says something once all is read.
  @Test func next() throws {
    for text in ["hello\nworld", "second\n", "third\n"] { #expect(try mailbox.read("--body", "next").output == text) }
    let done = try mailbox.read("--body", "next")
    #expect(done.status == 1 && done.output.isEmpty && done.errors.isEmpty)
  }

  // Fails when an action does not do what its name says, on exactly the messages meant, in silence.
  @Test(arguments: ShowTests.actions)
  func acting(arguments: [String], flags: [Int: String?]) throws {
    let result = try mailbox.spool.run("msg-read", arguments)
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    #expect(mailbox.flags() == flags)
  }

  // Fails when wrong input is accepted, changes something, or is refused with another status or without saying what to do.
  @Test(arguments: ShowTests.refused)
  func badInput(arguments: [String], status: Int32) throws {
    let result = try mailbox.spool.run("msg-read", arguments)
    #expect(result.status == status && result.output.isEmpty, "\(result)")
    #expect(result.errors.hasPrefix("msg-read: ") && result.errors.split(separator: "\n").count == 1, "\(result)")
    #expect(mailbox.flags() == [1: nil, 2: nil, 3: "F"])
  }

  // Fails when a word that is no UTF-8 is guessed at.
  @Test func undecodableArgument() throws {
    let result = try mailbox.shell(#"msg-read "$(printf 'x\377')""#)
    #expect(result.status == 64 && result.errors.contains("is not valid UTF-8: give it in UTF-8"))
  }
}
