import Ledger
import SharedKernel
import Testing

/// Amounts, accounts and keys as they are typed and written.
@Suite struct WordsTests {
  /// Breaks when something that is no positive whole number passes for an amount.
  @Test(arguments: ["", "0", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "٣", "9223372036854775808", "1_000"])
  func noAmount(text: String) { #expect(Amount(positive: text) == nil) }

  @Test func amounts() {
    #expect(Amount(positive: "9223372036854775807")?.units == .max)
    #expect(Amount(units: -1) == nil)
    #expect(Amount(units: 3)?.times(-1) == nil)
  }

  /// Breaks when an account is not read back, or a user can be called like one of the house's.
  @Test func accounts() throws {
    for account in Account.house + [.prepaid(try #require(Name("alice")))] { #expect(Account("\(account)") == account) }
    for account in Account.house { #expect(Name("\(account)") == nil) }
    #expect(Account("=other") == nil)
  }

  /// Breaks when a remark can begin a new line of a book or a journal, or move a cursor; one that an old book holds included.
  @Test func memos() throws {
    for bad in ["a\nb", "\u{1b}[2J", "a\tb", "\u{7f}", "\u{9b}1m", "a\u{2028}b", "\r\n"] { #expect(!Memo.isPlain(bad)) }
    for good in ["", "회비 11월; a | b", "e\u{301}", "👩‍👩‍👧"] { #expect(Memo.isPlain(good)) }
    var journal = Journal(currency: Currency("credit"))
    let alice = try #require(Name("alice"))
    let posting = Posting(
      .topUp, id: nil, debit: .cash, credit: .prepaid(alice), amount: try #require(Amount(units: 1)), balance: 1,
      memo: "x\r\n\u{1b}[2J; y\u{9b}1m")
    let text = journal.transaction(BookEntry(sequence: 1, time: Timestamp(seconds: 0), posting: posting))
    #expect(text.contains("topup | x   [2J  y 1m  ; seq:1"), "\(text)")
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
  }

  /// Breaks when the charge of a message can be taken for one made by hand, or one of an older book for a message's.
  @Test func whatAChargeIsFor() throws {
    let (alice, amount) = (try #require(Name("alice")), try #require(Amount(units: 3)))
    let desk = try Desk()
    func charge(_ key: String, _ fingerprint: Fingerprint, memo: String = "") throws {
      _ = try desk.ledger.charge(
        LedgerRequest(id: desk.id(key), account: alice, amount: amount, fingerprint: fingerprint, reference: key, memo: memo))
    }
    try charge("message", Fingerprint(of: [Array("bob".utf8)]))
    #expect(throws: Failure.self) { try desk.ledger.voidFinally(desk.id("message"), account: alice, reference: "") }
    guard case .reversed = try desk.ledger.refund(desk.id("message")) else { throw Failure(.internalError, "not refunded") }
    try charge("plain", .plain(.charge, alice, amount, memo: "m"), memo: "m")
    try charge("old", .plain(.charge, alice, amount, memo: ""), memo: "m")
    for key in ["plain", "old"] {
      #expect(throws: Failure.self) { try desk.ledger.refund(desk.id(key)) }
      guard case .reversed = try desk.ledger.voidFinally(desk.id(key), account: alice, reference: "") else {
        throw Failure(.internalError, "not voided")
      }
    }
  }

  /// Breaks when a key reaches the id of a message or of a sender's key, or a message's id does not mean itself.
  @Test func keys() throws {
    let id = MessageID(hashing: "x")
    #expect(PaymentKey("\(id)")?.id == id)
    #expect(PaymentKey("\(id)")?.reference == "")
    let alice = try #require(Name("alice"))
    #expect(PaymentKey("k")?.id != MessageID(sender: alice, key: "k"))
    #expect(PaymentKey("k")?.reference == "k")
    for bad in ["", "a\nb", "a\u{7f}", String(repeating: "x", count: 256)] { #expect(PaymentKey(bad) == nil) }
    #expect(PaymentKey(String(repeating: "x", count: 255)) != nil)
  }

  // Fails when a renamed kind changes what stands in books already: a repeat would be refused as another payment.
  @Test(arguments: [(Posting.Kind.charge, "charge"), (.topUp, "topup"), (.topUpReversal, "topUpReversal"), (.void, "void")])
  func theWordsOfAFingerprintStay(kind: Posting.Kind, word: String) throws {
    let (alice, amount) = (try #require(Name("alice")), try #require(Amount(units: 5)))
    #expect(Fingerprint.plain(kind, alice, amount, memo: "m") == Fingerprint(of: [word, "alice", "5", "m"].map { Array($0.utf8) }))
  }
}
