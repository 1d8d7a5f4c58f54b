import JSONText
import Testing

/// RFC 8259, both ways; hostile input ends in an error, never in a crash.
@Suite struct JSONTests {
  @Test func writesOneSafeLine() {
    let value = JSONValue.record([
      ("text", .string("a\"b\\c\nd\u{1}\u{2028}한")), ("none", nil), ("n", .integer(-5)), ("list", .array([true, .null])),
    ])
    #expect(value.line == #"{"text":"a\"b\\c\nd\u0001\u2028한","n":-5,"list":[true,null]}"#)
  }

  @Test(arguments: [
    #"{"a":[1,2,{"b":null}],"c":"\u00e9\ud83d\ude00\/"}"#, "-0.5e+10", " \t\r\n[ ] ", #""""#, "9223372036854775807", "1e2",
  ])
  func readsWhatIsJSON(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(try JSONValue(parsing: value.line) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "nul", "\"\\x\"", "\"\\ud800\"", "\"a\nb\"", "[1] 2", "\"\\u12\"",
    String(repeating: "[", count: 100_000), "-", "\"\\ud800\\u0041\"",
  ])
  func refusesWhatIsNot(text: String) { #expect(throws: JSONError.self) { try JSONValue(parsing: text) } }

  /// An amount beyond 2^53 keeps every digit, a larger one keeps its text.
  @Test func numbersAreNeverRounded() throws {
    #expect(try JSONValue(parsing: "9007199254740993") == .integer(9_007_199_254_740_993))
    #expect(try JSONValue(parsing: "9223372036854775808") == .number("9223372036854775808"))
  }

  @Test func theLastOfEqualKeysCounts() throws { #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"] == 2) }
}
