import JSONText
import TestSupport
import Testing

/// Who pays, and how much at most.
@Suite struct BudgetTests {
  private let spool = TestSpool()
  private func pay(_ words: String...) throws -> ToolRun { try spool.run("msg-pay", words) }
  private func send(_ words: String..., as user: String = "alice") throws -> ToolRun { try spool.run("msg-send", words, user: user) }
  private func balance(_ account: String) throws -> String { try pay("balance", account).output }
  private func configure(_ files: [String: String]) throws {
    for (name, text) in files { try spool.folder.write("spool/\(name)", text) }
    #expect(try run("chmod", ["700", spool.path]).status == 0)
  }
  private func expectSound() throws {
    #expect(try pay("verify").description == "status 0\nstdout: \nstderr: ")
    let journal = try pay("journal").output
    let check = try run("hledger", ["-f", "-", "check", "-s", "ordereddates"], input: journal, environment: ["LANG": "C.UTF-8"])
    #expect(check.status == 0, "\(check)\n\(journal)")
  }

  /// Breaks when a sender pays by another account than `payers` says, or the book, `--sent` or a waiting message loses who sent.
  @Test func aSharedAccountPaysForItsSenders() throws {
    try configure(["payers": "team: alice, cron # the shop\nspare: alice\n", "config": "tariff = short:90:2, long:2000:5\n"])
    #expect(try pay("open", "team").status == 0)
    #expect(try send("--id", "order-7", "bob,carol", "hi").status == 0)
    #expect(try send("--queue", "--at", "+1h", "bob", "later", as: "cron").status == 0)
    #expect(try balance("team") == "96\n")
    #expect(try pay("balance", "alice").errors.contains("team pays for alice"))
    #expect(try pay("balance").output == "team  96  pays for alice, cron\n")
    #expect(try JSONValue(parsing: pay("balance", "--json").lines[0])["pays_for"]?.array?.compactMap(\.string) == ["alice", "cron"])
    #expect(try send("--account", "spare", "bob", "hi").status == 0)
    #expect(try balance("spare") == "98\n")
    #expect(try send("--account", "alice", "bob", "hi").status == 0)
    let refused = try send("--account", "spare", "bob", "hi", as: "cron")
    #expect(refused.status == 77 && refused.errors.contains("cron may not pay by account spare"), "\(refused)")
    #expect(try send("--account", "no/name", "bob", "hi").status == 64)
    let batch = try spool.run("msg-send", ["--batch"], input: #"{"to":"bob","text":"x","account":"spare"}"# + "\n")
    #expect(batch.status == 0)
    #expect(try balance("spare") == "96\n")
    #expect(try send("--sent", "--json").lines.count == 4)
    #expect(try send("--sent", "--json", as: "team").lines.isEmpty)
    try configure(["payers": "team: ops\n"])
    #expect(try send("--sent", "--json").lines.count == 4, "what was sent stays known")
    try expectSound()
    try configure(["payers": "team: no/name\n"])
    let faulty = try send("bob", "hi")
    #expect(faulty.status == 78 && faulty.errors.contains("payers:1"), "\(faulty)")
  }

  /// Breaks when a new `--from` gets around the budget.
  @Test func onlyListedAccountsPay() throws {
    try configure(["config": "accounts = listed\n"])
    for options in [[], ["--queue"], ["--dry-run"]] {
      let refused = try spool.run("msg-send", options + ["--from", "mallory", "bob", "hi"])
      #expect(refused.status == 77 && refused.errors.contains("mallory has no account"), "\(options): \(refused)")
    }
    #expect(try pay("charge", "mallory", "1", "--id", "a").status == 77)
    #expect(try pay("void", "--id", "unknown").status == 0)
    #expect(try send("bob", "hi").status == 77, "a void opens no account that pays")
    #expect(try pay("open", "ops").status == 0)
    try configure(["payers": "ops: cron\n"])
    #expect(try send("bob", "hi", as: "cron").status == 0)
    #expect(try balance("ops") == "99\n")
    try configure(["config": "accounts = some\n"])
    #expect(try send("bob", "hi").status == 78)
    try configure(["config": ""])
    try expectSound()
  }

  /// Breaks when more is sent or paid than a limit allows, or its refusal does not say which and until when.
  @Test func limits() throws {
    try configure(["payers": "team: alice, cron\n"])
    #expect(try pay("open", "team").status == 0)
    #expect(try send("bob", "before there was a limit").status == 0)
    try configure(["limits": "account team 5 messages per month # for all\nsender cron 3 credit per day\n"])
    #expect(try send("bob,carol", "counts twice", as: "cron").status == 0)
    for options in [[], ["--dry-run"]] {
      let refused = try spool.run("msg-send", options + ["bob,carol", "two more than three"], user: "cron")
      #expect(refused.status == 77, "\(refused)")
      #expect(refused.errors.contains("limit reached: sender cron: 3 credit per day (2 used, 2 wanted; nothing was charged)"), "\(refused)")
      #expect(refused.errors.contains("it opens again at 20"), "\(refused)")
    }
    #expect(try send("bob", "four", as: "cron").status == 0)
    let many = try send("a,b,c,d,e,f", "hi")
    #expect(many.status == 77 && many.errors.contains("more than the limit ever allows"), "\(many)")
    let queued = try send("--queue", "a,b", "when it opens")
    #expect(queued.status == 0 && queued.errors.contains("limit reached: account team: 5 messages per month"), "\(queued)")
    #expect(try send("bob", "five").status == 0)
    #expect(try send("bob", "six").status == 77)
    #expect(try pay("charge", "team", "1", "--id", "c").status == 0, "it is no message")
    #expect(try balance("team") == "94\n")
    try configure(["limits": "account team 6 messages per month\n"])
    #expect(try send("bob", "six").status == 0)
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(try send("bob", "seven").status == 77)
    try configure(["limits": "account team 7 credit per month\n"])
    let charge = try pay("charge", "team", "2", "--id", "d")
    #expect(charge.status == 77 && charge.errors.contains("account team: 7 credit per month"), "\(charge)")
    #expect(try pay("void", "--id", "c").status == 0)
    #expect(try pay("charge", "team", "1", "--id", "d").status == 0, "what was voided does not count")
    #expect(try !pay("history").output.contains("usage"))
    try expectSound()
    try configure(["limits": "account team seven messages per month\n"])
    let faulty = try send("bob", "hi")
    #expect(faulty.status == 78 && faulty.errors.contains("limits:1"), "\(faulty)")
  }

  /// Breaks when two of many senders at the same moment are both the last that a limit allows.
  @Test func limitsHoldForManyAtOnce() throws {
    try configure(["limits": "account team 10 messages per day\n", "payers": "team: alice\n"])
    let script = "for i in $(seq 24); do msg-send bob \"$i\" 2>/dev/null & done; wait"
    _ = try run(
      "sh", ["-c", script], environment: ["PATH": "\(toolFolder):/usr/bin:/bin", "MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "10\n")
    #expect(try balance("team") == "90\n")
    let batch = try spool.run("msg-send", ["--batch"], input: String(repeating: #"{"to":"bob","text":"x"}"# + "\n", count: 3))
    #expect(batch.lines.allSatisfy { $0.contains("limit reached") }, "\(batch)")
    try expectSound()
  }

  /// Breaks when what a limit never allows is promised all the same, or what it does not allow now keeps smaller messages waiting.
  @Test func whatALimitStopsStopsNothingElse() throws {
    try configure(["limits": "sender alice 2 messages per month\n"])
    let refused = try send("--queue", "bob,carol,dave", "three")
    #expect(refused.status == 77 && refused.errors.contains("more than the limit ever allows"), "\(refused)")
    #expect(try send("bob,carol", "two").status == 0)
    for receivers in ["bob,carol", "bob"] { #expect(try send("--queue", receivers, "later").status == 0) }
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
    try configure(["limits": "sender alice 3 messages per month\n"])
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "2\n")
    #expect(try spool.run("msg-read", ["--count"], user: "carol").output == "1\n")
    try expectSound()
  }

  /// Breaks when a limit does not open with the next day by the clock on the wall.
  @Test func aLimitOpensAgain() throws {
    try configure(["limits": "sender alice 1 messages per day\n"])
    func sent(at time: String) throws -> Int32 {
      try run(
        "faketime", [time, "\(toolFolder)/msg-send", "bob", "hi"], environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"]
      ).status
    }
    #expect(try sent(at: "2026-11-27 23:59:10") == 0)
    #expect(try sent(at: "2026-11-27 23:59:50") == 77)
    #expect(try sent(at: "2026-11-28 00:00:10") == 0)
    #expect(try sent(at: "2026-11-28 23:00:00") == 77)
  }

  /// Breaks when a payment outside is not limited, or one that was declined there counts.
  @Test func paymentsOutsideAreLimited() throws {
    let bank = spool.folder.file("bank")
    try configure([
      "config": "gateway = exec \(toolFolder)/msg-pay --spool \(bank) gateway\ngateway-slots = 2\n",
      "limits": "sender alice 2 messages per hour\n",
    ])
    #expect(try run("msg-pay", ["--spool", bank, "topup", "alice", "1", "--open"]).status == 0)
    #expect(try run("msg-pay", ["--spool", bank, "charge", "alice", "101", "--id", "x"]).status == 0)
    #expect(try send("--timeout", "30", "bob", "declined").status == 77)
    #expect(try run("msg-pay", ["--spool", bank, "topup", "alice", "9"]).status == 0)
    for text in ["one", "two"] { #expect(try send("--timeout", "30", "bob", text).status == 0) }
    let refused = try send("--timeout", "30", "bob", "three")
    #expect(refused.status == 77 && refused.errors.contains("limit reached: sender alice: 2 messages per hour"), "\(refused)")
    #expect(try run("msg-pay", ["--spool", bank, "balance", "alice"]).output == "7\n")
    try expectSound()
  }
}
