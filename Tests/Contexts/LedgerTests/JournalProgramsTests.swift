import Ledger
import SharedKernel
import TestSupport
import Testing

/// The journal as the programs read it that it is for.
@Suite struct JournalProgramsTests {
  /// Words that a format of lines, tags, comments and accounts might trip over.
  private static let words = [
    "회비 11월", "a; b | c", "key:value, other:", "(paren) [bracket]", "*starred ! marked", "@ 3 USD", "= 5", "  spaces   inside  ",
    "\"quoted\"",
    "e\u{301}👩‍👩‍👧", "#hash %percent", "~ * periodic", "2026-11-27 date:2026-13-99", "date:2026-13-99, date2:x", "[2026-99-99]", "[=1]", "-",
    "\\",
    ";;; comment", "end comment", "include /etc/passwd", "{3 USD}", "{{3}} [x] (y)", "virtual:(a)", "type:A", "code (12) x",
  ]
  private static let names = [
    "alice", "0", "+", "+821012345678", "01012345678", "a.b", "a..b-c_d+e", "A", "end", "account", "2026-11-27", "1.5", "3", "a-", "x_",
    "ops-team", "virtual", "R", "P", "E1e5", String(repeating: "z", count: 64),
  ]

  private func entries() throws -> [BookEntry] {
    let gateway = try #require(GatewayName("bank"))
    let amount = try #require(Amount(units: 3))
    var (entries, sequence): ([BookEntry], Int64) = ([], 0)
    for (index, word) in JournalProgramsTests.words.enumerated() {
      for text in JournalProgramsTests.names {
        sequence += 1
        let name = try #require(Name(text), "\(text)")
        let external = ExternalPayment(payer: name, gateway: gateway, generation: 1, salt: nil, asked: amount, reference: word)
        let posting = Posting(
          .topUp, id: MessageID(hashing: "\(sequence)"), debit: .cash, credit: .prepaid(name), amount: amount,
          balance: Balance(units: Int64(3 * (index + 1))), reference: word, memo: word, external: external)
        entries.append(BookEntry(sequence: sequence, time: Timestamp(seconds: sequence * 3600), posting: posting))
      }
    }
    return entries
  }

  /// Breaks when hledger or ledger refuses what a name, a memo, a reference or a currency may be, or reads other sums from it.
  @Test(arguments: ["credit", "원", "KRW", "message credit", "point-2", "$", "C3"]) func bothRead(currency: String) throws {
    var journal = Journal(currency: Currency(currency))
    var text = journal.head
    let entries = try entries()
    for entry in entries { text += journal.transaction(entry) }
    let folder = TemporaryFolder()
    try folder.write("book", text)
    let environment = ["LC_ALL": "C.UTF-8"]
    let checked = try run("hledger", ["-f", folder.file("book"), "check", "-s"], environment: environment)
    #expect(checked.status == 0, "\(checked)")
    for program in ["hledger", "ledger"] {
      let sum = try run(program, ["-f", folder.file("book"), "balance", "assets:cash"], environment: environment)
      #expect(sum.status == 0 && sum.output.contains("\(entries.count * 3)"), "\(program): \(sum)")
    }
  }
}
