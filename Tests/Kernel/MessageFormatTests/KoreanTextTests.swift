import MessageFormat
import TestSupport
import Testing

/// The Korean character sets against those of another program, character by character.
struct KoreanTextTests {
  // Fails when one of the 17,000 characters of code page 949 is another than Python's codec says.
  @Test func everyCharacter() throws {
    let script = """
      for lead in range(0x81, 0xff):
        for trail in range(0x41, 0xff):
          try: print('%02x%02x' % (lead, trail), ord(bytes([lead, trail]).decode('cp949')))
          except (UnicodeDecodeError, TypeError): pass
      """
    let codec = try run("python3", ["-c", script])
    #expect(codec.status == 0 && codec.lines.count > 17_000, "\(codec.errors)")
    var wrong: [String] = []
    for line in codec.lines {
      let words = line.split(separator: " ")
      let code = try #require(UInt16(words[0], radix: 16))
      let scalar = try #require(UInt32(words[1]).flatMap(Unicode.Scalar.init))
      if Charset.utf8([UInt8(code >> 8), UInt8(code & 0xff)][...], in: "cp949") != Array(String(Character(scalar)).utf8) {
        wrong.append(line)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  // Fails when the committed table is not what its script makes.
  @Test func tableIsMade() throws {
    let made = try run("python3", ["\(Repository.path)/Tests/korean-table.py"])
    #expect(try made.output == Repository.read("Sources/Kernel/MessageFormat/KoreanTable.swift"), "run Tests/korean-table.py")
  }
}
