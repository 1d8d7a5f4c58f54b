import JSONText
import TestSupport
import Testing

/// What amounts are counted in, and what the book tells of a payment and of a month.
@Suite struct CurrencyTests {
  private let spool = TestSpool()
  private func pay(_ words: String..., environment: [String: String] = [:]) throws -> ToolRun {
    try spool.run("msg-pay", words, environment: environment)
  }
  private func hledger(_ words: [String], _ journal: String) throws -> ToolRun {
    try run("hledger", ["-f", "-"] + words, input: journal, environment: ["LANG": "C.UTF-8"])
  }
  private static let dollars = "currency = USD\ndecimals = 2\nprice = 0.05\nopening-credit = 1.5\n"

  /// Breaks when amounts are not typed and shown with their decimals, or JSON has anything but whole numbers.
  @Test func amountsHaveDecimals() throws {
    try spool.folder.write("spool/config", Self.dollars)
    #expect(try pay("topup", "alice", "10.5", "--open").status == 0)
    #expect(try pay("balance", "alice").output == "12.00\n")
    #expect(try pay("balance").output == "alice  12.00\n")
    #expect(try JSONValue(parsing: pay("balance", "alice", "--json").lines[0])["balance"]?.integer == 1200)
    for amount in ["1.234", "1.", ".5", "1,5", "0.00", "-1", "1e2"] {
      let run = try pay("topup", "alice", amount)
      #expect(run.status == 64 && run.errors.contains("a number with at most 2 decimals from 0.01"), "\(amount): \(run)")
    }
    #expect(try pay("adjust", "alice", "--", "-0.25", "--memo", "x").status == 0)
    #expect(try spool.run("msg-send", ["-n", "bob", "hi"]).output == "0.05 USD\n")
    let sent = try spool.run("msg-send", ["-v", "bob", "hi"])
    #expect(sent.errors.contains("price 0.05, balance 11.70"), "\(sent)")
    #expect(try pay("charge", "alice", "20", "--id", "a").errors.contains("alice has 11.70 USD and this costs 20.00"))
    #expect(try pay("charge", "alice", "20", "--id", "a").errors.contains("'msg-pay topup alice 8.30' or more"))
    #expect(try pay("quote", "x").output.hasPrefix("0.05 USD"))
    try spool.folder.write("spool/limits", "account alice 0.10 credit per day\n")
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    let limited = try spool.run("msg-send", ["bob", "hi"])
    #expect(limited.errors.contains("0.10 credit per day (0.10 used, 0.05 wanted"), "\(limited)")
    let journal = try pay("journal").output
    #expect(try hledger(["check", "-s", "ordereddates"], journal).status == 0, "\(journal)")
    #expect(try hledger(["balance", "-N", "liabilities"], journal).output.contains("-11.65 USD"), "\(journal)")
    #expect(try run("ledger", ["-f", "-", "balance"], input: journal).status == 0)
    try spool.folder.write("spool/config", "decimals = 5\n")
    #expect(try pay("balance").status == 78)
  }

  /// Breaks when another currency in the config relabels what is recorded.
  @Test(arguments: ["", "ledger-segment-size = 4096\n"]) func theBookKeepsItsCurrency(config: String) throws {
    try spool.folder.write("spool/config", Self.dollars + config)
    #expect(try pay("topup", "alice", "10", "--open").status == 0)
    for number in 0..<16 { #expect(try pay("charge", "alice", "0.01", "--id", "\(number)").status == 0) }
    for other in ["currency = KRW\ndecimals = 2\n", "currency = USD\n", ""] {
      try spool.folder.write("spool/config", other + config)
      for words in [["balance"], ["history"], ["charge", "alice", "1", "--id", "a"], ["journal"], ["topup", "alice", "1"]] {
        let refused = try spool.run("msg-pay", words)
        #expect(refused.status == 78 && refused.errors.contains("the book is in USD with 2 decimals"), "\(words): \(refused)")
        #expect(refused.errors.contains("set 'currency = USD' and 'decimals = 2'"), "\(refused)")
      }
      #expect(try spool.run("msg-send", ["bob", "hi"]).status == 78)
      #expect(spool.folder.names(in: "spool/outbox").isEmpty)
    }
    try spool.folder.write("spool/config", Self.dollars)
    #expect(try pay("balance", "alice").output == "11.34\n")
    #expect(try pay("verify").description == "status 0\nstdout: \nstderr: ")
  }

  /// Breaks when the journal or the history hides whom a message was for, its key, or its class.
  @Test func theBookTellsWhatWasPaid() throws {
    try spool.folder.write("spool/config", "tariff = short:90:1, long:2000:3\n")
    #expect(try spool.run("msg-send", ["--id", "order 7, late", "bob,carol", "hi"]).status == 0)
    #expect(try pay("charge", "alice", "3", "--id", "invoice-1", "--memo", "printing").status == 0)
    let journal = try pay("journal").output
    #expect(journal.contains(" charge | to bob, carol (short)  ; ") && journal.contains("key:order 7  late"), "\(journal)")
    #expect(journal.contains(" charge | printing  ; ") && journal.contains("key:invoice-1"), "\(journal)")
    #expect(try hledger(["check", "-s", "ordereddates"], journal).status == 0)
    #expect(try hledger(["balance", "-N", "tag:key=invoice-1", "income"], journal).output.contains("-3"), "\(journal)")
    let records = try pay("history", "--json").lines.map { try JSONValue(parsing: $0) }
    #expect(records[1]["memo"]?.string == "to bob, carol (short)" && records[1]["send_key"]?.string == "order 7, late")
    #expect(records[1]["from"]?.string == "alice" && records[2]["from"] == nil)
    let lines = try pay("history").lines
    #expect(lines.count == 4)
    let (head, last) = (try #require(lines.first), try #require(lines.last))
    #expect(head.split(separator: " ").map(String.init) == ["TIME", "KIND", "ACCOUNT", "AMOUNT", "BALANCE", "KEY", "MEMO"])
    for word in ["KIND", "ACCOUNT", "KEY", "MEMO"] {
      let column = try #require(head.firstRange(of: word)?.lowerBound)
      let offset = head.distance(from: head.startIndex, to: column)
      #expect(last.dropFirst(offset - 1).first == " " && last.dropFirst(offset).first != " ", "\(word)\n\(lines)")
    }
    #expect(last.hasSuffix("-3       95  invoice-1      printing"), "\(lines)")
  }

  /// A message to very many, under a long key: its record has room for a part of them.
  @Test func aLongRemarkIsCutAndReadable() throws {
    let names = (0..<60).map { "recipient-with-a-long-name-\($0)" }.joined(separator: ",")
    let key = String(repeating: "한", count: 80)
    for _ in 0..<2 { #expect(try spool.run("msg-send", ["--id", key, names, "hi"]).status == 0) }
    #expect(try pay("verify").status == 0)
    let record = try JSONValue(parsing: try #require(try pay("history", "--json").lines.last))
    #expect(record["memo"]?.string?.contains("…") == true && record["amount"]?.integer == -60, "\(record)")
    #expect(try spool.run("msg-send", ["--sent"]).lines.count == 1)
  }

  /// Breaks when a month is not the calendar's on the wall, or its balances do not follow from its movements.
  @Test func statement() throws {
    let faketime = ["2026-10-31 23:59:00", "2026-11-01 00:01:00", "2026-11-27 12:00:00", "2026-12-01 00:00:30"]
    for (number, time) in faketime.enumerated() {
      let words = [time, "\(toolFolder)/msg-pay", "topup", "alice", "1\(number)", "--open"]
      let made = try run("faketime", words, environment: ["MSG_SPOOL": spool.path])
      #expect(made.status == 0, "\(made)")
    }
    let text = try pay("statement", "alice", "--month", "2026-11").output
    #expect(
      text.split(separator: "\n") == [
        "Statement of alice for 2026-11, in credit",
        "date        kind             count  amount  balance",
        "2026-11-01  opening balance                     110",
        "2026-11-01  topup                1      11      121",
        "2026-11-27  topup                1      12      133",
        "2026-11-30  closing balance                     133",
      ], "\(text)")
    let csv = try pay("statement", "alice", "--month", "2026-11", "--csv").output
    #expect(csv.hasPrefix("date,kind,count,amount,balance\n2026-11-01,opening balance,,,110\n2026-11-01,topup,1,11,121\n"), "\(csv)")
    let json = try JSONValue(parsing: try pay("statement", "alice", "--month", "2026-12", "--json").lines[0])
    #expect(json["opening"]?.integer == 133 && json["closing"]?.integer == 146 && json["movements"]?.array?.count == 1)
    let none = try pay("statement", "alice", "--month", "2026-09").output
    #expect(none.contains("opening balance                       0"), "\(none)")
    for words in [["alice"], ["alice", "--month", "2026-13"], ["alice", "--month", "11"], ["alice", "--month", "2026-11-01"]] {
      #expect(try spool.run("msg-pay", ["statement"] + words).status == 64)
    }
    #expect(try pay("statement", "bob", "--month", "2026-11").status == 66)
    let part = try pay("journal", "--account", "alice", "--since", "2026-11-01", "--until", "2026-12-01").output
    #expect(try hledger(["check", "-s", "ordereddates"], part).status == 0, "\(part)")
    #expect(part.contains("2026-11-01 carried forward") && !part.contains("2026-12-01"), "\(part)")
    #expect(try hledger(["balance", "-N", "liabilities"], part).output.contains("-133"), "\(part)")
    #expect(
      try pay("journal", "--account", "bob").output.split(separator: "\n").allSatisfy {
        $0.hasPrefix("account") || $0.hasPrefix("commodity")
      })
  }
}
