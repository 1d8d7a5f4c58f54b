import Foundation
import TestSupport
import Testing

/// A mailbox that is full, and a spool.
struct QuotaTests {
  private let spool = TestSpool()

  private func configure(_ text: String) throws {
    #expect(try spool.run("msg-send", ["alice", "first"], user: "setup").status == 0)
    try spool.folder.write("spool/config", text)
  }

  private func balance(_ account: String = "alice") throws -> String { try spool.run("msg-pay", ["balance", account]).output }

  // Fails when a full mailbox takes one more, when its sender pays for that, or when something old makes room for it.
  @Test(arguments: ["quota-messages = 2", "spool-quota-messages = 3", "quota-bytes = 1100", "spool-quota-bytes = 1500"])
  func refusedWhenFull(setting: String) throws {
    try configure("\(setting)\n")
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "two"]).status == 0)
    let before = (spool.messages(of: "bob"), try balance())
    #expect(before.0.count == 2, "\(setting)")
    let refused = try spool.run("msg-send", ["--id", "k", "bob", "three"])
    #expect(refused.status == 75 && refused.errors.contains("is full") && refused.errors.split(separator: "\n").count == 1, "\(refused)")
    #expect(try spool.run("msg-send", ["--queue", "bob", "three"]).status == 75)
    #expect(try spool.run("msg-send", ["--at", "+1h", "bob", "three"]).status == 75)
    #expect(try spool.run("msg-send", ["--dry-run", "bob", "three"]).status == 75)
    let batch = try spool.run("msg-send", ["--batch"], input: #"{"to":"bob","text":"three"}"# + "\n")
    #expect(batch.status == 75, "\(batch)")
    #expect(spool.messages(of: "bob") == before.0)
    #expect(try balance() == before.1)
    // What was told before is told again.
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "bob").status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "three"]).status == 0)
    #expect(try spool.run("msg-send", ["--id", "k", "bob", "three"]).status == 0, "a repeat needs no room")
    #expect(spool.messages(of: "bob").count == 2)
  }

  // Fails when a send to several is delivered or paid for in part.
  @Test func allOrNone() throws {
    try configure("quota-messages = 1\n")
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 0)
    let before = try balance()
    #expect(try spool.run("msg-send", ["carol,bob,dave", "two"]).status == 75)
    #expect(spool.messages(of: "carol").isEmpty && spool.messages(of: "dave").isEmpty)
    #expect(try balance() == before)
  }

  // Fails when two senders share the last place, or one of the refused pays.
  @Test(arguments: ["quota-messages = 5", "spool-quota-messages = 6"]) func race(setting: String) throws {
    try configure("\(setting)\n")
    let script = "for n in $(seq 1 12); do '\(toolFolder)/msg-send' bob \"text $n\" & done; wait"
    _ = try run("sh", ["-c", script], environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(spool.messages(of: "bob").count == 5)
    #expect(try balance() == "95\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  // Fails when mail of other programs does not count, or a count outlives the messages.
  @Test func countedAnew() throws {
    try configure("quota-messages = 3\n")
    for name in ["cur/1.a.h:2,S", "new/2.b.h", "new/3.c.h"] { try spool.folder.write("spool/mailboxes/bob/\(name)", "Subject: s\n\nt\n") }
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 75)
    #expect(try run("rm", [spool.folder.file("spool/mailboxes/bob/new/2.b.h")]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "two"]).status == 75)
    // The counts are a cache: what is no count is made anew.
    try spool.folder.write("spool/order/bob,usage", "0 0 99 - 12\n")
    #expect(try spool.run("msg-send", ["bob", "two"]).status == 75)
  }

  // Fails when what was accepted before is lost, paid for, or keeps other messages waiting while there is no room.
  @Test func acceptedBefore() throws {
    try configure("opening-credit = 0\nquota-messages = 1\n")
    #expect(try spool.run("msg-send", ["--queue", "bob", "waits"], user: "poor").status == 0)
    #expect(try spool.run("msg-pay", ["topup", "alice", "10", "--open"]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 0)
    let topup = try spool.run("msg-pay", ["topup", "poor", "10", "--open"])
    #expect(topup.status == 0, "\(topup)")
    let flush = try spool.run("msg-send", ["--flush", "--all"])
    #expect(flush.status == 0, "\(flush)")
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try balance("poor") == "10\n")
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "bob").status == 0)
    #expect(try spool.run("msg-send", ["--flush", "--all"]).status == 0)
    #expect(spool.messages(of: "bob").count == 1)
    #expect(try balance("poor") == "9\n")
  }

  // Fails when a send lists a mailbox: with a thousand messages in it the kernel is asked no more than with ten.
  @Test func aSendListsNoMailbox() throws {
    try configure("quota-messages = 5000\nspool-quota-messages = 9000\nopening-credit = 100000\n")
    func listings() throws -> Int {
      let trace = spool.folder.file("trace")
      let sent = try spool.run("strace", ["-f", "-qq", "-o", trace, "-e", "trace=getdents64", "\(toolFolder)/msg-send", "bob", "hi"])
      #expect(sent.status == 0, "\(sent)")
      return try spool.folder.read("trace").split(separator: "\n").count { $0.contains("getdents64(") }
    }
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    let before = try listings()
    for number in 1...1000 { try spool.folder.write("spool/mailboxes/bob/new/\(number).a.h", "x") }
    #expect(try listings() == before)
  }
}
