import Foundation
import JSONText
import TestSupport
import Testing

/// What `--delete` removes, and what stays.
struct RemovalTests {
  private let spool = TestSpool()

  /// The files of the spool that hold some words.
  private func files(with words: String) throws -> [String] {
    try run("grep", ["-rlF", words, spool.path]).lines.map { String($0.dropFirst(spool.path.count + 1)) }.sorted()
  }

  private func sent(_ options: String...) throws -> [JSONValue] {
    try spool.run("msg-send", ["--sent", "--json"] + options).lines.map { try JSONValue(parsing: $0) }
  }

  // Fails when the text of a message lives on somewhere in the spool after its receiver removed it, or an event goes with it.
  @Test func theTextGoesFromTheWholeSpool() throws {
    #expect(try spool.run("msg-send", ["-s", "plans", "bob", "the secret words"]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "harmless"]).status == 0)
    #expect(try files(with: "secret words").count == 2, "mailbox and feed")
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "bob").status == 0)
    #expect(try files(with: "secret words") == [])
    #expect(spool.folder.names(in: "spool/feed/000000000001") == ["000000000001", "000000000002"])
    #expect(try spool.folder.read("spool/feed/000000000001/000000000001").contains("Subject: plans\n"))
    #expect(try files(with: "harmless").count == 2)
    let arrived = try spool.run("msg-alarmd", ["--once"])
    #expect(arrived.status == 0, "\(arrived)")
    #expect(try spool.run("msg-alarmd", ["history", "--count", "--kind", "arrived"]).output == "2\n")
  }

  // Fails when the first words of a removed message stay in the files of the view, which lists are read from.
  @Test(arguments: [1, 300, 599])
  func theWordsGoFromTheView(number: Int) throws {
    try spool.folder.write("spool/config", "opening-credit = 1000\n")
    let lines = (1...600).map { "{\"to\":\"bob\",\"text\":\"words of \($0) here\"}\n" }.joined()
    #expect(try spool.run("msg-send", ["--batch"], input: lines).status == 0)
    #expect(try spool.run("msg-read", ["--all"], user: "bob").lines.count == 600)
    #expect(try files(with: "words of \(number) here").contains("views/bob"))
    #expect(try spool.run("msg-read", ["--mark-read", "\(number)"], user: "bob").status == 0)
    #expect(try spool.run("msg-read", ["--all"], user: "bob").lines.count == 600)
    #expect(try spool.run("msg-read", ["--delete", "\(number)"], user: "bob").status == 0)
    #expect(try files(with: "words of \(number) here") == [])
    let list = try spool.run("msg-read", ["--all", "--json"], user: "bob")
    #expect(list.lines.count == 599 && list.errors.isEmpty && !list.output.contains("words of \(number) here"), "\(list)")
    #expect(spool.folder.names(in: "spool/views").contains("bob"), "the view is kept")
  }

  // Fails when numbers mean another list once the first message is gone.
  @Test func numbersMeanTheListBefore() throws {
    for text in ["one", "two", "three", "four"] { #expect(try spool.run("msg-send", ["bob", text]).status == 0) }
    #expect(try spool.run("msg-read", ["--delete", "1", "3", "last"], user: "bob").status == 0)
    #expect(try spool.run("msg-read", ["--all"], user: "bob").output.contains("two"))
    #expect(try spool.run("msg-read", ["--count", "--all"], user: "bob").output == "1\n")
  }

  // Fails when a sender no longer knows what was sent once a receiver has removed it.
  @Test func theSenderStillKnows() throws {
    #expect(try spool.run("msg-send", ["--id", "k", "-s", "plans", "bob,carol", "secret"]).status == 0)
    #expect(try spool.run("msg-read", ["1"], user: "bob").status == 0)
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "bob").status == 0)
    let message = try #require(try sent().first)
    #expect(message["state"] == "delivered" && message["to"]?.array?.compactMap(\.string) == ["bob", "carol"], "\(message)")
    #expect(message["words"] == "plans" && message["subject"] == "plans" && message["delivered"] != nil && message["accepted"] != nil)
    let copies = try #require(message["receivers"]?.array)
    #expect(copies.map { $0["name"]?.string } == ["bob", "carol"], "\(message)")
    #expect(copies[0]["read"] != nil && copies[0]["removed"] != nil && copies[1]["read"] == nil && copies[1]["removed"] == nil)
    #expect(try spool.run("msg-read", ["1"], user: "carol").status == 0)
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "carol").status == 0)
    #expect(try sent()[0]["state"] == "read")
    let status = try spool.run("msg-send", ["--status", "k"])
    #expect(status.output.contains("to        bob, carol\n") && status.output.contains("bob: read 2"), "\(status)")
    #expect(try spool.run("msg-send", ["--sent"]).output.contains("bob,carol  plans\n"))
    #expect(try spool.run("msg-pay", ["refund", try #require(message["id"]?.string)]).status == 0)
    #expect(try sent()[0]["state"] == "refunded" && sent()[0]["refunded"] != nil)
  }

  // Fails when a sender no longer knows what was sent because another program removed it.
  @Test func whatAnotherProgramRemovesStaysKnown() throws {
    #expect(try spool.run("msg-send", ["--id", "k", "bob,carol", "some words"]).status == 0)
    for user in ["bob", "carol"] {
      for name in spool.folder.names(in: "spool/mailboxes/\(user)/new") {
        try FileManager.default.removeItem(atPath: spool.folder.file("spool/mailboxes/\(user)/new/\(name)"))
      }
    }
    let message = try #require(try sent().first)
    #expect(message["state"] == "delivered" && message["to"]?.array?.compactMap(\.string) == ["bob", "carol"], "\(message)")
    #expect(message["words"] == "some words" && message["accepted"] != nil && message["receivers"] == nil)
  }

  // Fails when what a removal left that was killed is not finished by the next one, or a removal that did not happen leaves a trace.
  @Test func anInterruptedRemovalIsFinished() throws {
    for text in ["secret one", "secret two", "three"] { #expect(try spool.run("msg-send", ["bob", text]).status == 0) }
    let names = spool.folder.names(in: "spool/mailboxes/bob/new")
    for name in names.prefix(2) {
      let header = try spool.folder.read("spool/mailboxes/bob/new/\(name)").split(separator: "\n\n")[0]
      let time = "2026-11-27T00:00:00.000000Z"
      let id = name.split(separator: ".")[2]
      try spool.folder.write("spool/removed/\(id).1.pending", "\(header)\nX-Msg-Delivered: \(time)\nX-Msg-Removed: \(time)\n\n")
    }
    try FileManager.default.removeItem(atPath: spool.folder.file("spool/mailboxes/bob/new/\(names[0])"))
    #expect(try spool.run("msg-read", ["--delete", "last"], user: "bob").status == 0)
    #expect(try files(with: "secret one") == [] && files(with: "secret two").count == 2)
    #expect(spool.folder.names(in: "spool/removed").filter { $0.hasSuffix(".pending") } == [])
    #expect(try sent().compactMap { $0["receivers"]?.array?.first?["removed"] }.count == 2)
  }

  // Fails when mail of another program is not removed as before, or leaves something in the spool.
  @Test func mailOfOtherProgramsLeavesNothing() throws {
    #expect(try spool.run("msg-send", ["bob", "ours"]).status == 0)
    try spool.folder.write("spool/mailboxes/bob/new/1795000000.M1.h", "From: x@y.org\nSubject: foreign\n\nforeign text\n")
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "bob").status == 0)
    #expect(try files(with: "foreign") == [])
    #expect(spool.folder.names(in: "spool/removed") == ["lock"])
  }
}
