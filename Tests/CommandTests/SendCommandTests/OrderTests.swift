import Foundation
import TestSupport
import Testing

/// The numbers of a mailbox are those of delivery, and messages that arrive leave them as they are: `--delete last` and `--reply last` mean
/// the newest message.
struct OrderTests {
  private let spool = TestSpool()

  private func previews(of user: String = "bob") throws -> [String] {
    try spool.run("msg-read", ["--all", "--json"], user: user).lines.map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return try #require(object["text_preview"] as? String)
    }
  }

  // Fails when messages of one second stand in the order of their ids, which keys make random.
  @Test func keyedMessagesStandInTheOrderOfTheirDelivery() throws {
    for number in 1...12 {
      let key = number % 3 == 0 ? [] : ["--id=key-\(number)"]
      #expect(try spool.run("msg-send", key + ["bob", "text \(number)"]).status == 0)
    }
    #expect(try previews() == (1...12).map { "text \($0)" })
    #expect(try spool.run("msg-read", ["--body", "last"], user: "bob").output == "text 12\n")
  }

  // Fails when a batch arrives in another order than that of its lines, or a copy for a further recipient overtakes an earlier message.
  @Test func aBatchArrivesInTheOrderOfItsLines() throws {
    var lines = (0..<9).map { "{\"to\":\"bob\",\"id\":\"\(Array("hgfedcabi")[$0])\",\"text\":\"text \($0)\"}" }
    lines.insert(#"{"to":["carol","bob"],"text":"to both"}"#, at: 4)
    lines.append(#"{"to":["bob","carol"],"text":"to both again"}"#)
    let batch = try spool.run("msg-send", ["--batch"], input: lines.joined(separator: "\n"))
    #expect(batch.status == 0, "\(batch)")
    #expect(try previews() == ["text 0", "text 1", "text 2", "text 3", "to both"] + (4..<9).map { "text \($0)" } + ["to both again"])
    #expect(try previews(of: "carol") == ["to both", "to both again"])
  }

  // Fails when a message goes before earlier ones because the clock was set back, or two get one time.
  @Test func aClockThatIsSetBackChangesNoOrder() throws {
    #expect(try spool.run("msg-send", ["bob", "first"]).status == 0)
    try spool.folder.write("spool/order/bob", "001999999999000000\n")
    for number in 1...4 { #expect(try spool.run("msg-send", ["--id=\(number)", "bob", "later \(number)"]).status == 0) }
    #expect(try previews() == ["first"] + (1...4).map { "later \($0)" })
    #expect(
      spool.folder.names(in: "spool/mailboxes/bob/new").map { $0.prefix(18) }.suffix(4) == [
        "1999999999.M000001", "1999999999.M000002", "1999999999.M000003", "1999999999.M000004",
      ])
  }

  // Fails when what is not a time keeps messages from being delivered.
  @Test(arguments: ["", "\n", "x", "-5", "999999999999999999999999999"])
  func aDamagedTimeOfTheLatestDeliveryDoesNoHarm(content: String) throws {
    #expect(try spool.run("msg-send", ["bob", "first"]).status == 0)
    try spool.folder.write("spool/order/bob", content)
    for number in 1...3 { #expect(try spool.run("msg-send", ["--id=\(number)", "bob", "later \(number)"]).status == 0) }
    #expect(try previews() == ["first"] + (1...3).map { "later \($0)" })
  }

  // Fails when a message that arrives takes the number of one that was shown, while several processes deliver at once.
  @Test func numbersOnceShownStay() throws {
    let loop = "for n in $(seq 12); do \(toolFolder)/msg-send --id=$0-$n bob text $0 $n || exit; done"
    let senders = "for s in a b c; do sh -c '\(loop)' $s & done; wait"
    let background = try BackgroundProcess("sh", ["-c", senders], environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    try waitUntil("the first message") { try !previews().isEmpty }
    var (lists, shown) = (0, [String]())
    while background.status == nil {
      let now = try previews()
      #expect(Array(now.prefix(shown.count)) == shown)
      (lists, shown) = (lists + 1, now)
    }
    #expect(background.status == 0)
    #expect(try previews().count == 36 && lists > 1)
  }

  // Fails when messages of other programs and of earlier versions do not stand where their time says.
  @Test func otherNamesStandInBetween() throws {
    #expect(try spool.run("msg-send", ["bob", "newest"]).status == 0)
    for (name, text) in [
      ("1795000000.M500000.01M3QZ7W0000000000000000000.h,S=1", "ours"), ("1795000000.V801I1M200000.h", "Postfix"),
      ("1795000000.01J9ZZZZZZZZZZZZZZZZZZZZZZ.h,S=1", "ours, earlier"), ("1795000000.M700000P5Q1.h", "Dovecot"),
      ("1794999999.5_1.h", "mbsync"),
    ] { try spool.folder.write("spool/mailboxes/bob/new/\(name)", "From: x\n\n\(text)\n") }
    #expect(try previews() == ["mbsync", "ours, earlier", "Postfix", "ours", "Dovecot", "newest"])
  }
}
