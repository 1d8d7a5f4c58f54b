import JSONText
import TestSupport
import Testing

/// What a sender sees of what was sent, and answers to what was received.
@Suite struct SenderSideTests {
  private let spool = TestSpool()

  private func sent(_ options: [String] = [], user: String = "alice") throws -> [JSONValue] {
    try spool.run("msg-send", ["--sent", "--json"] + options, user: user).lines.map { try JSONValue(parsing: $0) }
  }

  @Test func sentListsWhatBecameOfEachMessageNewestLast() throws {
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 0)
    #expect(try spool.run("msg-send", ["bob,carol", "two"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+1h", "dave", "three"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+1h", "--id", "k", "dave", "four"]).status == 0)
    #expect(try spool.run("msg-send", ["--cancel", "k"]).status == 0)
    #expect(try spool.run("msg-send", ["alice", "not mine"], user: "bob").status == 0)
    #expect(try spool.run("msg-read", ["1"], user: "bob").status == 0)
    let messages = try sent()
    #expect(messages.map { $0["state"]?.string } == ["read", "delivered", "scheduled", "cancelled"])
    #expect(messages.map { $0["price"]?.integer } == [1, 2, 1, nil])
    #expect(messages[1]["to"]?.array?.compactMap(\.string) == ["bob", "carol"] && messages[3]["error"] == "cancelled by alice")
    for count in 0...5 {
      #expect(try sent(["--limit", "\(count)"]).map { $0["id"] } == messages.suffix(count).map { $0["id"] }, "the newest \(count)")
    }
    #expect(try sent(["--since", "+1h"]).isEmpty)
    #expect(try sent(user: "bob").count == 1 && sent(user: "nobody").isEmpty)
    let table = try spool.run("msg-send", ["--sent"])
    #expect(table.lines.count == 4 && table.lines[1].hasSuffix("delivered  2  bob,carol  two"), "\(table)")
  }

  /// Breaks when somebody sees what others sent without asking for it, or cannot ask; or when what is due first does not come first.
  @Test func listsAreOfOnesOwnUnlessAskedForAll() throws {
    #expect(try spool.run("msg-send", ["--at", "+3h", "--id", "late", "bob", "안녕 later"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+1h", "-s", "soon", "bob", "x"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+2h", "bob", "not mine"], user: "carol").status == 0)
    let own = try spool.run("msg-send", ["--list"])
    #expect(own.lines.count == 2 && own.lines[0].hasSuffix("1  bob  soon") && own.lines[1].hasSuffix("1  bob  안녕 later"), "\(own)")
    let all = try spool.run("msg-send", ["--list", "--all-senders"])
    #expect(all.lines.count == 3 && all.lines[1].hasSuffix("carol -> bob  not mine"), "\(all)")
    #expect(try sent().map { $0["words"]?.string } == ["안녕 later", "soon"])
    #expect(try sent(["--all-senders"]).map { $0["from"]?.string } == ["alice", "alice", "carol"])
    #expect(try sent(["--all-senders", "--limit", "1"]).map { $0["from"]?.string } == ["carol"])
    #expect(try spool.run("msg-send", ["--all-senders", "bob", "x"]).status == 64)
  }

  /// Breaks when a message counts as read by all, although another program removed the copy of one before it was read.
  @Test func readMeansReadByAll() throws {
    #expect(try spool.run("msg-send", ["--id", "k", "bob,carol", "hi"]).status == 0)
    #expect(try spool.run("msg-read", ["1"], user: "carol").status == 0)
    #expect(try run("sh", ["-c", "rm '\(spool.path)'/mailboxes/bob/new/*"]).status == 0)
    #expect(try sent().map { $0["state"]?.string } == ["delivered"])
  }

  /// Breaks when what was delivered is missing in the list of all, or what another account paid is missing in a sender's own.
  @Test func everySenderIsListedWhateverAccountPaid() throws {
    try spool.folder.write("spool/payers", "shop: alice, carol\n")
    for user in ["alice", "bob", "carol"] { #expect(try spool.run("msg-send", ["dave", "from \(user)"], user: user).status == 0) }
    #expect(try sent(["--all-senders"]).map { $0["from"]?.string } == ["alice", "bob", "carol"])
    #expect(try sent(["--all-senders", "--limit", "2"]).map { $0["from"]?.string } == ["bob", "carol"])
    for user in ["alice", "bob", "carol"] { #expect(try sent(user: user).map { $0["words"]?.string } == ["from \(user)"]) }
    #expect(try spool.run("msg-send", ["--sent", "--all-senders"]).lines[1].contains("bob -> dave "))
  }

  /// Breaks when a message counts as sent at the time it was given back.
  @Test func aRefundDoesNotMakeAMessageNewer() throws {
    for key in ["a", "b", "c"] { #expect(try spool.run("msg-send", ["--id", key, "bob", key]).status == 0) }
    let first = try #require(try sent().first?["id"]?.string)
    #expect(try spool.run("msg-pay", ["refund", first]).status == 0)
    let all = try sent()
    #expect(all.first?["id"]?.string == first)
    #expect(all.count == 3 && all[0]["price"]?.integer == 1)
    #expect(try sent(["--limit", "2"]).map { $0["id"] } == all.suffix(2).map { $0["id"] })
    #expect(try sent(["--limit", "3"]).map { $0["id"] } == all.map { $0["id"] })
  }

  @Test(arguments: [["--limit", "1"], ["--since", "today"], ["--sent", "bob"], ["--sent", "--limit", "x"], ["--sent", "--flush"]])
  func sentTakesWhatBelongsToIt(arguments: [String]) throws {
    #expect(try spool.run("msg-send", arguments).status == 64)
  }

  @Test func aReplyGoesToTheSenderAndMarksTheOriginal() throws {
    #expect(try spool.run("msg-send", ["-s", "저녁", "bob", "일곱 시?"]).status == 0)
    let original = try JSONValue(parsing: spool.run("msg-read", ["--json"], user: "bob").output)
    let id = try #require(original["id"]?.string)
    let reply = try spool.run("msg-send", ["--reply", id, "네", "좋아요"], user: "bob")
    #expect(reply.status == 0 && reply.output.isEmpty, "\(reply)")
    let received = try JSONValue(parsing: spool.run("msg-read", ["--json", "1"]).output)
    #expect(received["from"] == "bob" && received["subject"] == "Re: 저녁" && received["text"] == "네 좋아요\n")
    #expect(received["in_reply_to"] != nil && received["in_reply_to"] == original["message_id"])
    #expect(try JSONValue(parsing: spool.run("msg-read", ["--all", "--json"], user: "bob").output)["replied"] == true)
    // An answer to the answer keeps the subject; numbers and words name messages as they do for msg-read.
    #expect(try spool.run("msg-send", ["--reply", "last"], input: "그럼 이따 봐요\n").status == 0)
    #expect(try JSONValue(parsing: spool.run("msg-read", ["--json", "2"], user: "bob").output)["subject"] == "Re: 저녁")
  }

  @Test func whatCannotBeAnsweredIsSaid() throws {
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    #expect(try spool.run("msg-send", ["--reply", "7", "x"], user: "bob").status == 66)
    #expect(try spool.run("msg-send", ["--reply", "1", "--batch"], user: "bob").status == 64)
    try spool.folder.write(
      "spool/mailboxes/bob/new/1.foreign.host", "From: Eve <eve@example.org>\nMessage-ID: <a b>\nSubject: x\n\nhi\n")
    let foreign = try spool.run("msg-send", ["--reply", "1", "x"], user: "bob")
    #expect(foreign.status == 65 && foreign.errors.contains("nobody who has a mailbox here"), "\(foreign)")
    #expect(try spool.run("msg-pay", ["balance", "bob"]).status == 66, "nothing is charged for it")
  }

  /// The copy is what was sent, is there once, and other programs find it.
  @Test func keptCopiesStandInTheSentFolder() throws {
    #expect(try spool.run("msg-send", ["bob", "before"]).status == 0)
    try spool.folder.write("spool/config", "keep-sent = yes\n")
    #expect(try spool.run("msg-send", ["--id", "k", "bob,carol", "kept"]).status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob,carol", "kept"]).status == 0)
    let kept = spool.folder.names(in: "spool/mailboxes/alice/.Sent/cur")
    #expect(kept.count == 1 && kept[0].hasSuffix(":2,S"), "\(kept)")
    let copy = try spool.folder.read("spool/mailboxes/alice/.Sent/cur/\(kept[0])")
    #expect(try copy == spool.run("msg-read", ["--raw", "last"], user: "bob").output)
    #expect(kept[0].contains(",S=\(copy.utf8.count):"))
    let listed = try run("sh", ["-c", "mlist '\(spool.path)/mailboxes/alice/.Sent' | mscan -f '%s'"])
    #expect(listed.status == 0 && listed.lines.count == 1, "\(listed)")
    try spool.folder.write(
      "muttrc",
      """
      set folder="\(spool.path)" record="" mbox_type=Maildir quit=yes delete=yes move=no wait_key=no
      push "<first-entry><flag-message><quit>"

      """)
    let mutt = "stty rows 24 cols 80; mutt -n -F '\(spool.folder.file("muttrc"))' -f '\(spool.path)/mailboxes/alice/.Sent'"
    let flagged = try run(
      "timeout", ["60", "script", "-qec", mutt, "/dev/null"], environment: ["TERM": "xterm", "HOME": spool.folder.path])
    #expect(flagged.status == 0, "\(flagged)")
    #expect(spool.folder.names(in: "spool/mailboxes/alice/.Sent/cur").first?.hasSuffix(":2,FS") == true)
    #expect(try spool.run("msg-read", ["--all"]).status == 1, "it is in no way of one's own mailbox")
  }
}
