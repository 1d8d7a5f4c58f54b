import Testing

@testable import CommandLineTool

struct DisplayWidthTests {
  // Fails when a table edge is off, or parts of one grapheme are counted one by one.
  @Test(arguments: [
    ("", 0), ("abc", 3), ("한글", 4), ("\u{1112}\u{1161}\u{11ab}", 2), ("ｱ", 1), ("ア", 2), ("漢字", 4), ("！", 2), ("e\u{301}", 1),
    ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇰🇷", 2), ("❤️", 2), ("☃", 1), ("⌚", 2), ("1️⃣", 2), ("a\u{200b}b", 2), ("␛", 1), ("\u{ad}", 1),
    ("\u{10ff}\u{1100}", 3), ("\u{d7a3}", 2), ("\u{3fffd}", 2), ("é", 1), ("ก็", 1), ("…", 1),
  ])
  func columns(text: String, expected: Int) { #expect(DisplayWidth.columns(of: text) == expected, "\(text)") }

  // Fails when the short way counts other columns than graphemes do, or takes a text whose graphemes it does not see.
  @Test func theShortWayAgrees() throws {
    for value in UInt32(0x20)...0x2ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for text in ["\(scalar)", "a\(scalar)", "\(scalar)가", "ア\(scalar)", "가\(scalar)각"] {
        guard let columns = DisplayWidth.columns(ofSeparate: Array(text.utf8).span) else { continue }
        #expect(
          text.count == text.unicodeScalars.count && columns == text.reduce(0) { $0 + DisplayWidth.columns(of: $1) },
          "\(text.debugDescription)")
      }
    }
    for bytes: [UInt8] in [[0xea, 0x70, 0x80], [0xea, 0xb0], [0xff], [0x0a], [0x7f], Array("é".utf8), Array("1\u{fe0f}\u{20e3}".utf8)] {
      #expect(DisplayWidth.columns(ofSeparate: bytes.span) == nil, "\(bytes)")
    }
    #expect(DisplayWidth.columns(ofSeparate: Array("a 한글、メール 漢".utf8).span) == 17)
  }

  // Fails when a text is cut in the middle of a wide character or grapheme, or comes out wider than asked.
  @Test(arguments: [
    ("hello", 5, "hello"), ("hello", 4, "hel…"), ("한글메일", 5, "한글…"), ("한글메일", 6, "한글…"), ("한글메일", 8, "한글메일"),
    ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"), ("abc", 1, "…"), ("abc", 0, ""), ("", 0, ""),
  ])
  func fitting(text: String, width: Int, expected: String) {
    #expect(DisplayWidth.fitted(text, to: width) == expected)
    #expect(DisplayWidth.columns(of: DisplayWidth.fitted(text, to: width)) <= width)
  }

  // Fails when columns behind a padded text do not line up.
  @Test(arguments: ["", "a", "한", "한글메일함", "👍👍👍", "abcdefgh"])
  func padding(text: String) { #expect(DisplayWidth.columns(of: DisplayWidth.padded(text, to: 7)) == 7) }
}
