import Ledger
import SharedKernel
import Testing

@Suite struct TariffTests {
  /// Breaks when characters are not counted as Korean carriers count them.
  @Test(arguments: [
    ("", 0), ("abc", 3), ("한글", 4), ("가a나", 5), ("é", 2), ("🙂", 2), ("line\n", 5),
  ]) func length(text: String, bytes: Int) { #expect(Tariff.length(Array(text.utf8)[...]) == bytes) }

  private func tariff() throws -> Tariff { try Tariff(parsing: "short:90:1, long:2000:3") }

  /// Breaks when a class does not include its limit, or the final newline is counted.
  @Test(arguments: [(45, "", 1), (45, "\n", 1), (45, "\n\n", 3), (46, "", 3), (1000, "\n", 3)])
  func classes(hangul: Int, end: String, price: Int64) throws {
    let text = String(repeating: "가", count: hangul) + end
    #expect(try tariff().quote(subject: "", text: Array(text.utf8)).price.units == price)
  }

  /// Breaks when the subject is not counted.
  @Test func theSubjectCounts() throws {
    let quote = try tariff().quote(subject: "제목", text: Array(String(repeating: "x", count: 87).utf8))
    #expect(quote.price.units == 3)
    #expect(quote.reason == "long: 91 of 2000 bytes (subject 4, text 87; ASCII counts 1, Hangul 2)")
  }

  /// Breaks when something longer than the last class has a price.
  @Test func longerThanTheLastClassIsRefused() throws {
    let failure = try #require(throws: Failure.self) {
      try tariff().quote(subject: "", text: Array(String(repeating: "x", count: 2001).utf8))
    }
    #expect(failure.kind == .badData)
    #expect(failure.message.contains("2001") && failure.message.contains("2000"))
  }

  /// Breaks when a flat price depends on the length, or a total overflows silently.
  @Test func aFlatPrice() throws {
    let quote = try Tariff(flat: try #require(Amount(units: .max))).quote(subject: "", text: Array("x".utf8))
    #expect(quote.price.units == .max)
    #expect(throws: Failure.self) { try quote.total(copies: 2) }
    #expect(try quote.total(copies: 1) == quote.price)
  }

  /// Breaks when a tariff that cannot be meant is accepted.
  @Test(arguments: [
    "", "short", "short:90", "short:x:1", "short:0:1", "short:90:-1", "a:90:1,b:90:2", "a:90:1,b:80:2", "a:1:1,a:2:2", "a:1:1,",
  ])
  func malformed(text: String) { #expect(throws: Tariff.Malformed.self) { try Tariff(parsing: text) } }
}
