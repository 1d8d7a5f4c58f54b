internal import Foundation
import TestSupport
import Testing

/// Many real processes on one spool at once. None of what they were told was done is lost, none is doubled, and the books say
/// the same on both sides (invariants 1, 2, 4, 6 and 7).
@Suite(.serialized) struct ConcurrencyTests {
  /// A send as it is typed: who, to whom, what, under which key.
  struct Send: Hashable {
    let sender: String
    let recipients: [String]
    let text: String
    var key: String?

    /// For a shell; the answer is a line `STATUS TEXT` in `results`.
    func line(_ tool: String) -> String {
      let option = key.map { "--id '\($0)' " } ?? ""
      return
        "(MSG_USER=\(sender) \(tool) --timeout 120 \(option)\(recipients.joined(separator: ",")) '\(text)'; echo \"$? \(text)\" >>results) &"
    }
  }

  /// A hundred sends of ten senders to five recipients: every third to two or three of them, a tenth of all under one key and a
  /// tenth under another two.
  private static let hundred: [Send] = (0..<100).map { number in
    let sender = "s\(number % 10)"
    if number % 10 == 3 { return Send(sender: sender, recipients: ["r0", "r1"], text: "once", key: "same") }
    if number % 10 == 4 { return Send(sender: sender, recipients: ["r2"], text: "one of two \(number / 50)", key: "half \(number / 50)") }
    let count = number % 3 == 0 ? 2 + number % 2 : 1
    return Send(sender: sender, recipients: (0..<count).map { "r\((number + $0) % 5)" }, text: "text \(number)")
  }

  /// Runs them all at once, each a process of its own, and `others` beside them; returns when all have ended.
  private func run(
    _ sends: [Send], on spool: TestSpool, others: [String] = [], tool: String = "\(toolFolder)/msg-send", mayDecline: Bool = false
  ) throws -> [String] {
    let script = (others.map { "(\($0)) &" } + sends.map { $0.line("'\(tool)'") } + ["wait"]).joined(separator: "\n")
    try spool.folder.write("all.sh", script)
    let outcome = try spool.run("sh", ["-c", "cd '\(spool.folder.path)' && . ./all.sh"])
    #expect(outcome.status == 0 && outcome.output.isEmpty && (mayDecline || outcome.errors.isEmpty), "\(outcome)")
    return try spool.folder.read("results").split(separator: "\n").map(String.init)
  }

  /// Every recipient has every text once, every sender has paid for what was delivered, and the feed has it all in one order.
  private func expectAll(_ sends: Set<Send>, on spool: TestSpool) throws {
    let copies = sends.reduce(0) { $0 + $1.recipients.count }
    for recipient in Set(sends.flatMap(\.recipients)) {
      let texts = try spool.messages(of: recipient).map { file in
        try spool.folder.read("spool/mailboxes/\(recipient)/\(file)").split(separator: "\n").last.map(String.init) ?? ""
      }
      #expect(texts.sorted() == sends.filter { $0.recipients.contains(recipient) }.map(\.text).sorted(), "\(recipient)")
    }
    for sender in Set(sends.map(\.sender)) {
      let spent = sends.filter { $0.sender == sender }.reduce(0) { $0 + $1.recipients.count }
      #expect(try spool.run("msg-pay", ["balance", sender]).output == "\(100 - spent)\n", "\(sender)")
    }
    #expect(spool.feedNumbers() == Array(1...copies))
    #expect(spool.folder.names(in: "spool/outbox").isEmpty && spool.folder.names(in: "spool/failed").isEmpty)
    #expect(spool.folder.names(in: "spool/bad").isEmpty)
    // Silent is: every record follows the one before it, every balance fits, and all of them add up to nothing.
    let verified = try spool.run("msg-pay", ["verify"])
    #expect(verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
  }

  /// Breaks when a reader's rename counts as a loss. Deliberate faults that this, the first send and the replaced tool were seen to
  /// find: the ledger's lock is not taken; the lock of a message is a shared one.
  @Test func aHundredSendsAtOnceWithReadersAndAlarms() throws {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "hook-rate = 10000\nreceiver-rate = 100000\ndigest = no\n")
    _ = try TestSupport.run("chmod", ["700", spool.path])
    #expect(try spool.run("msg-send", ["r0", "first"], user: "s0").status == 0)
    try spool.folder.writeProgram("spool/alarms/hooks/note", "#!/bin/sh\necho \"$3\" >>\"$MSG_ALARM_SPOOL/../alarmed\"\n")
    #expect(try TestSupport.run("chmod", ["755", "\(spool.path)/alarms/hooks/note"]).status == 0)
    let tools = toolFolder
    let repeatedly = { (what: String) in "for n in 1 2 3 4 5 6 7 8 9 10; do \(what); done" }
    // What is marked read is renamed under the hands of everybody else. 1: nothing unread at the moment.
    let reading = ["r0", "r1", "r2", "r3", "r4"].map { name in
      repeatedly("MSG_USER=\(name) '\(tools)/msg-read' next >/dev/null 2>&1; [ $? -le 1 ] || echo \"reading $?\"")
    }
    let others = [
      repeatedly("'\(tools)/msg-alarmd' --once || echo \"alarms $?\""),
      repeatedly("'\(tools)/msg-pay' balance >/dev/null || echo \"balance $?\""),
      repeatedly("'\(tools)/msg-pay' verify || echo \"verify $?\""),
    ]
    let results = try run(Self.hundred, on: spool, others: reading + others)
    #expect(results.sorted() == Self.hundred.map { "0 \($0.text)" }.sorted())
    let all = Set(Self.hundred).union([Send(sender: "s0", recipients: ["r0"], text: "first")])
    try expectAll(all, on: spool)

    try spool.finishAlarms("at the end")
    // One alarm to each sender for a send, one to each receiver.
    let alarms = all.reduce(0) { $0 + 1 + $1.recipients.count }
    let lines = try spool.finalLines()
    #expect(lines.count == alarms && Set(lines).count == alarms && lines.allSatisfy { $0.hasSuffix(" note delivered") }, "\(lines)")
    let alarmed = try spool.folder.read("alarmed").split(separator: "\n").map(String.init)
    #expect(alarmed.count == alarms && Set(alarmed).count == alarms)
  }

  /// Twenty sends on a credit of five: five are sent, fifteen are told, and nobody falls below zero. Breaks when the balance is
  /// looked at before the lock is held.
  @Test func noMoreIsSentThanThereIsCredit() throws {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "opening-credit = 5\n")
    _ = try TestSupport.run("chmod", ["700", spool.path])
    let sends = (0..<20).map { Send(sender: "s0", recipients: ["r\($0 % 2)"], text: "text \($0)") }
    let results = try run(sends, on: spool, mayDecline: true)
    #expect(results.count { $0.hasPrefix("0 ") } == 5 && results.count { $0.hasPrefix("77 ") } == 15, "\(results)")
    let sent = Set(results.filter { $0.hasPrefix("0 ") }.map { $0.dropFirst(2) })
    #expect(spool.messages(of: "r0").count + spool.messages(of: "r1").count == 5)
    #expect(try spool.run("msg-pay", ["balance", "s0"]).output == "0\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
    for recipient in ["r0", "r1"] {
      for file in spool.messages(of: recipient) {
        let text = try spool.folder.read("spool/mailboxes/\(recipient)/\(file)").split(separator: "\n").last ?? ""
        #expect(sent.contains(text), "\(text) was declined and delivered")
      }
    }
  }

  /// Twenty who are all the first: one spool, one ledger, one feed comes of it. Breaks when a folder that somebody else has just
  /// made is an error, and when two of them write a head of the ledger.
  @Test func theFirstSendByTwentyAtOnce() throws {
    let sends = (0..<20).map { Send(sender: "s\($0 % 4)", recipients: ["r\($0 % 2)"], text: "text \($0)") }
    let spool = TestSpool()
    let results = try run(sends, on: spool)
    #expect(results.sorted() == sends.map { "0 \($0.text)" }.sorted())
    try expectAll(Set(sends), on: spool)
  }

  /// An update puts new binaries in the place of old ones by rename, while fifty sends run: no send notices.
  @Test func theToolIsReplacedWhileItRuns() throws {
    let spool = TestSpool()
    let tool = spool.folder.file("bin/msg-send")
    let copy = "cp '\(toolFolder)/msg-send' '\(tool).new' && mv '\(tool).new' '\(tool)'"
    #expect(try TestSupport.run("sh", ["-c", "mkdir '\(spool.folder.path)/bin' && \(copy)"]).status == 0)
    let sends = (0..<50).map { Send(sender: "s\($0 % 5)", recipients: ["r\($0 % 3)"], text: "text \($0)") }
    // One that replaces it again and again, beside the sends.
    let replacing = "for n in 1 2 3 4 5 6 7 8 9 10; do \(copy) || echo 'not replaced'; done"
    let results = try run(sends, on: spool, others: [replacing], tool: tool)
    #expect(results.sorted() == sends.map { "0 \($0.text)" }.sorted())
    try expectAll(Set(sends), on: spool)
  }
}
