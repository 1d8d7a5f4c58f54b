import Payments
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
}
