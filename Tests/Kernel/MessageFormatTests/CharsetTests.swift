import MessageFormat
import TestSupport
import Testing

/// The character sets of mail against those of another program, character by character.
struct CharsetTests {
  /// The name in mail, Python's codec, and how many characters there are at least.
  private static let sets: [(String, String, Int)] = [
    ("shift_jis", "cp932", 7400), ("euc-jp", "euc_jp", 6900), ("gbk", "gbk", 21_700), ("gb18030", "gbk", 21_700), ("big5", "cp950", 13_000),
    ("iso-8859-2", "iso8859-2", 128), ("Windows-1251", "cp1251", 127), ("cp1251", "cp1251", 127), ("koi8-r", "koi8-r", 128),
    ("koi8-u", "koi8-u", 128), ("iso-8859-7", "iso8859-7", 125), ("windows-1255", "cp1255", 105), ("iso8859-5", "iso8859-5", 128),
    ("tis-620", "cp874", 95), ("macintosh", "mac_roman", 127), ("cp866", "cp866", 128), ("windows-1258", "cp1258", 119),
    ("iso-8859-16", "iso8859-16", 128), ("windows-1250", "cp1250", 123),
  ]

  // Fails when a character is another than Python's codec says.
  @Test(arguments: CharsetTests.sets)
  func everyCharacter(name: String, codec: String, count: Int) throws {
    let script = """
      import sys
      def show(*data):
        try: text = bytes(data).decode('\(codec)')
        except UnicodeDecodeError: return
        # Not what is private, nor the control character that code page 932 makes of 80.
        if len(text) == 1 and not 0xe000 <= ord(text) < 0xf900 and (len(data) > 1 or ord(text) != 0x80 or '\(codec)' != 'cp932'): print(bytes(data).hex(), ord(text))
      for lead in range(0x80, 0x100):
        show(lead)
        for trail in range(0x40, 0x100): show(lead, trail)
      """
    let other = try run("python3", ["-c", script])
    #expect(other.status == 0 && other.lines.count >= count, "\(other.lines.count) \(other.errors)")
    var wrong: [String] = []
    for line in other.lines {
      let words = line.split(separator: " ")
      let code = try #require(UInt16(words[0], radix: 16))
      let scalar = try #require(UInt32(words[1]).flatMap(Unicode.Scalar.init))
      let bytes = code > 0xff ? [UInt8(code >> 8), UInt8(code & 0xff)] : [UInt8(code)]
      if Charset.utf8(bytes[...], in: name) != Array(String(Character(scalar)).utf8) { wrong.append(line) }
    }
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(8))")
  }

  // Fails when a label of the Encoding Standard, or of Python, Java or Windows, is not known or means another character set. WHATWG's
  // labels are of Debian's python3-webencodings.
  @Test func everyLabel() throws {
    let labels = try run("/usr/bin/python3", ["\(Repository.path)/Tests/charset-labels.py", "labels"])
    try #require(labels.status == 0 && labels.lines.count > 400, "\(labels)")
    for line in labels.lines {
      let words = line.split(separator: " ")
      #expect(Charset(String(words[0]).uppercased())?.name == String(words[1]), "\(line)")
    }
    #expect(
      Charset("cs-EUC_KR")?.name == "euc-kr" && Charset("X-Sjis")?.name == "shift_jis" && Charset("x-none") == nil && Charset("") == nil)
  }

  // Fails when a table is another than its script makes. Of zones those that both know count: Debian's change from year to year.
  @Test(arguments: [
    ("charset-labels.py", "Kernel/MessageFormat/CharsetLabels"), ("html-entities.py", "Contexts/Mailbox/HTMLEntities"),
    ("zone-names.py", "Kernel/MessageFormat/ZoneNames"),
  ])
  func tablesAreWhatTheirScriptsMake(script: String, file: String) throws {
    let made = try run("/usr/bin/python3", ["\(Repository.path)/Tests/\(script)"])
    try #require(made.status == 0, "\(made.errors)")
    let committed = try Repository.read("Sources/\(file).swift")
    guard script == "zone-names.py" else {
      #expect(made.output == committed)
      return
    }
    func zones(_ text: String) -> [Substring: Substring] {
      var zones: [Substring: Substring] = [:]
      for word in text.split(separator: "\"").joined().split(whereSeparator: { ",\n".contains($0) }) {
        let pair = word.split(separator: ":")
        if pair.count == 2 { zones[pair[0].drop { $0 == " " }] = pair[1] }
      }
      return zones
    }
    let (new, old) = (zones(made.output), zones(committed))
    #expect(old.count > 60 && new["kst"] == " 540")
    for (name, minutes) in old where new[name] != nil { #expect(new[name] == minutes, "\(name)") }
  }

  // Fails when what is no single table comes out wrong: shifts, four bytes, text cut short, bytes that stand for nothing.
  @Test(arguments: [
    ("iso-2022-jp", "\u{1b}$BF|K\\\u{1b}(B ok\n\u{1b}(J~\u{1b}(I1\u{1b}(B\n", "日本 ok\n~ｱ\n"), ("iso-2022-jp", "\u{1b}$BF|\nAB", "日\nAB"),
    ("iso-2022-jp", "\u{1b}$(D0!\u{1b}(Bx\u{1b}$BF", "\u{fffd}x"), ("iso-2022-jp", "\u{1b}[2J", "\u{1b}[2J"),
  ])
  func shifted(name: String, bytes: String, text: String) {
    #expect(String(decoding: Charset.utf8(Array(bytes.utf8)[...], in: name), as: UTF8.self) == text)
  }

  @Test(
    arguments: [
      ("gb18030", [0x94, 0x39, 0xda, 0x33, 0x41], "💩A"), ("gb18030", [0x81, 0x30, 0x81, 0x30, 0x41], "\u{fffd}A"),
      ("gbk", [0x80, 0xb0], "€\u{fffd}"),
      ("gb18030", [0xff, 0x30, 0xe3, 0x32], "\u{fffd}0\u{fffd}2"), ("big5", [0xa4, 0xa4, 0xa4], "中\u{fffd}"),
      ("shift_jis", [0xb1, 0xa0, 0x81], "ｱ\u{fffd}\u{fffd}"),
      ("euc-jp", [0x8e, 0xb1, 0x8f, 0xb0, 0xa1, 0x41, 0x8f], "ｱ\u{fffd}A\u{fffd}"), ("windows-1252", [0x80], "€"),
      ("x-unknown", [0x41, 0xff], "A\u{fffd}"),
      ("windows-1253", [0xaa], "\u{fffd}"),
    ] as [(String, [UInt8], String)])
  func oddities(name: String, bytes: [UInt8], text: String) {
    #expect(String(decoding: Charset.utf8(bytes[...], in: name), as: UTF8.self) == text)
  }

  // Fails when a committed table is not what its script makes.
  @Test(arguments: ["SingleByte", "Japanese", "GBKFirst", "GBKSecond", "Big5"])
  func tablesAreMade(name: String) throws {
    let made = try run("python3", ["\(Repository.path)/Tests/charset-tables.py", name])
    #expect(try made.output == Repository.read("Sources/Kernel/MessageFormat/\(name)Table.swift"), "run Tests/charset-tables.py")
  }
}
