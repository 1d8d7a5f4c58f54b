import JSONText
import TestSupport
import Testing

/// How an account comes, is corrected, and goes.
@Suite struct AccountCommandTests {
  private let spool = TestSpool()
  private func pay(_ words: String...) throws -> ToolRun { try spool.run("msg-pay", words) }
  private func expect(_ status: Int32, _ words: String..., says: String = "") throws {
    let run = try spool.run("msg-pay", words)
    #expect(run.status == status && run.errors.contains(says) && run.output.isEmpty, "\(words): \(run)")
  }

  /// The book as hledger reads it: the balances of its accounts, the names on the left.
  private func audited() throws -> String {
    #expect(try pay("verify").description == "status 0\nstdout: \nstderr: ")
    let environment = ["LANG": "C.UTF-8"]
    let journal = try pay("journal").output
    let check = try run("hledger", ["-f", "-", "check", "-s", "ordereddates"], input: journal, environment: environment)
    #expect(check.status == 0, "\(check)\n\(journal)")
    let classic = try run("ledger", ["-f", "-", "balance"], input: journal, environment: environment)
    #expect(classic.status == 0, "\(classic)")
    return try run("hledger", ["-f", "-", "balance", "-N", "-E", "--flat"], input: journal, environment: environment).output
  }

  /// Breaks when a mistyped name opens an account.
  @Test func aTopUpOfAMissingAccountOpensNone() throws {
    try expect(66, "topup", "alice", "5", says: "no spool")
    try expect(0, "open", "alice", "--id", "o")
    try expect(0, "open", "alice", "--id", "o")
    try expect(0, "open", "alice")
    try expect(66, "topup", "alcie", "5", says: "alcie has no account: open it with 'msg-pay open alcie'")
    #expect(try pay("balance").output == "alice  100\n")
    try expect(0, "topup", "bob", "5", "--open")
    try expect(0, "topup", "bob", "5")
    #expect(try pay("balance").output == "alice  100\nbob    110\n")
    try expect(65, "topup", "alice", "5", "--id", "o", says: "'o' is the key of another request: an account that was opened, alice")
  }

  /// Breaks when a correction reaches what messages earned, is done twice, or takes what is not there.
  @Test func correctionsHaveAnAccountOfTheirOwn() throws {
    try expect(0, "open", "alice")
    try expect(64, "adjust", "alice", "-30", says: "--memo")
    try expect(64, "adjust", "alice", "30", "--memo", "x", says: "sign")
    for _ in 0..<2 { try expect(0, "adjust", "alice", "--", "-30", "--memo", "charged twice", "--id", "a") }
    for _ in 0..<2 { try expect(0, "adjust", "alice", "+5", "--memo", "goodwill", "--id", "b") }
    try expect(65, "adjust", "alice", "-5", "--memo", "goodwill", "--id", "b", says: "a correction of 5 for alice")
    try expect(77, "adjust", "alice", "-76", "--memo", "all", says: "alice has 75, which is less than 76")
    try expect(66, "adjust", "bob", "+1", "--memo", "x")
    for _ in 0..<2 { try expect(0, "payout", "alice", "15", "--memo", "left", "--id", "p") }
    try expect(77, "payout", "alice", "61")
    #expect(try pay("balance", "alice").output == "60\n")
    let balances = try audited()
    for line in ["25 credit  equity:adjustments", "15 credit  assets:cash", "0  income:messages"] where !line.hasPrefix("0") {
      #expect(balances.contains(line), "\(balances)")
    }
    let kinds = try pay("history", "--json").lines.map { try JSONValue(parsing: $0)["kind"]?.string ?? "" }
    #expect(kinds == ["opening", "adjustment", "adjustment", "payout"])
    #expect(
      try pay("payout", "alice", "15", "--memo", "left", "--id", "p", "--json").output
        == #"{"id":"p","account":"alice","amount":15,"balance":60,"state":"payout"}"# + "\n")
  }

  /// Breaks when a top-up is taken back twice, is taken back from who has spent it, or can be made again under its key.
  @Test func aTopUpIsTakenBackOnce() throws {
    try expect(0, "topup", "alice", "50", "--open", "--id", "t")
    for _ in 0..<2 { try expect(0, "reverse", "t") }
    #expect(try pay("balance", "alice").output == "100\n")
    #expect(try pay("status", "--id", "t").output.hasPrefix("reversed alice 50 "))
    try expect(0, "topup", "alice", "50", "--id", "t")
    #expect(try pay("balance", "alice").output == "100\n", "answered as the first time, not done again")
    try expect(66, "reverse", "unknown", says: "no such top-up")
    try expect(0, "charge", "alice", "1", "--id", "c")
    try expect(65, "reverse", "c", says: "no top-up")
    try expect(65, "refund", "t", says: "no charge")
    try expect(0, "topup", "alice", "50", "--id", "u")
    try expect(0, "charge", "alice", "120", "--id", "d")
    try expect(77, "reverse", "u", says: "alice has 29, which is less than 50")
    _ = try audited()
  }

  /// Breaks when a closed account is charged, loses its history or its refunds, or is opened by one.
  @Test(arguments: ["", "ledger-segment-size = 4096\n"]) func aClosedAccountPaysNothing(config: String) throws {
    try expect(0, "open", "alice")
    try spool.folder.write("spool/config", config)
    try expect(66, "close", "bob")
    let sent = try spool.run("msg-send", ["--print-id", "bob", "hi"])
    let id = try #require(sent.lines.first)
    try expect(0, "charge", "alice", "9", "--id", "c")
    for _ in 0..<2 { try expect(0, "close", "alice") }
    for number in 0..<16 { try expect(0, "topup", "carol", "1", "--open", "--id", "\(number)") }
    try expect(77, "charge", "alice", "1", "--id", "d", says: "account alice is closed")
    try expect(77, "topup", "alice", "1", says: "account alice is closed")
    for options in [[], ["--queue"], ["--dry-run"]] {
      let refused = try spool.run("msg-send", options + ["bob", "more"])
      #expect(refused.status == 77 && refused.errors.contains("account alice is closed"), "\(refused)")
    }
    #expect(try spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
    try expect(0, "refund", id)
    try expect(0, "void", "--id", "c")
    try expect(77, "charge", "alice", "1", "--id", "d", says: "account alice is closed")
    try expect(0, "payout", "alice", "40")
    try expect(77, "charge", "alice", "1", "--id", "d", says: "account alice is closed")
    #expect(try pay("balance", "alice").output == "60\n")
    try expect(0, "open", "alice")
    try expect(0, "charge", "alice", "1", "--id", "d")
    #expect(try pay("balance", "alice").output == "59\n", "no second opening credit")
    _ = try audited()
  }

  /// Breaks when a renamed account leaves money behind, or what it was charged is given back to nobody.
  @Test func renamed() throws {
    try expect(0, "charge", "alice", "9", "--id", "c")
    try expect(0, "open", "carol")
    try expect(65, "rename", "alice", "carol", says: "carol has an account already")
    try expect(66, "rename", "bob", "dave")
    for _ in 0..<2 { try expect(0, "rename", "alice", "anne", "--id", "r") }
    try expect(0, "rename", "alice", "anne")
    #expect(try pay("balance").output == "alice  0\nanne   91\ncarol  100\n")
    try expect(77, "charge", "alice", "1", "--id", "d", says: "account alice was renamed to anne: use 'anne'")
    try expect(0, "void", "--id", "c")
    #expect(try pay("balance").output == "alice  0\nanne   100\ncarol  100\n")
    try expect(65, "rename", "carol", "dave", "--id", "r", says: "an account that was renamed, alice")
    #expect(try !audited().contains("equity:transfers  "))
  }

  /// Breaks when a slip opens an account in silence, or is not understood.
  @Test func aNameNearAnAccountIsNoted() throws {
    #expect(try pay("open", "sales").errors.isEmpty)
    for words in [["balance", "salse"], ["topup", "salse", "5"], ["statement", "salse", "--month", "2026-11"], ["close", "sale"]] {
      let refused = try spool.run("msg-pay", words)
      #expect(refused.status == 66 && refused.errors.hasSuffix(", or did you mean 'sales'?\n"), "\(refused)")
    }
    #expect(try pay("balance", "marketing").errors.contains("open it with 'msg-pay open marketing'"))
    let slip = try pay("open", "salse")
    #expect(slip.status == 0 && slip.errors == "msg-pay: 'salse' is a new account: did you mean 'sales'?\n", "\(slip)")
    #expect(try pay("open", "salse").errors.isEmpty)
    #expect(try pay("topup", "sale", "5", "--open").errors == "msg-pay: 'sale' is a new account: did you mean 'sales'?\n")
    #expect(try pay("topup", "sale", "5", "--open").errors.isEmpty)
    #expect(try pay("open", "team1").errors.isEmpty && pay("open", "team2").errors.isEmpty)
  }
}
