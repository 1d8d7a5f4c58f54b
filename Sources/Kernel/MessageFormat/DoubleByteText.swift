/// Text in which a character is one byte or two, or a few more: what the character sets of East Asia have in common.
enum DoubleByteText {
  /// What stands at the front of some bytes, and how many bytes it takes; nil for nothing that is known.
  typealias Character = (scalar: Unicode.Scalar?, length: Int)

  /// The text in UTF-8. ASCII stands for itself; of what is not known one byte is U+FFFD, or as many as `next` says.
  static func decode(_ bytes: ArraySlice<UInt8>, _ next: (_ lead: UInt8, _ rest: ArraySlice<UInt8>) -> Character?) -> [UInt8] {
    var text = String.UnicodeScalarView()
    var rest = bytes
    while let lead = rest.first {
      if lead < 0x80 {
        text.append(Unicode.Scalar(lead))
        rest.removeFirst()
      } else if let found = next(lead, rest.dropFirst()) {
        text.append(found.scalar ?? "\u{fffd}")
        rest = rest.dropFirst(found.length)
      } else {
        text.append("\u{fffd}")
        rest.removeFirst()
      }
    }
    return Array(String(text).utf8)
  }
}

/// Chinese text of mail: GB 2312 with its extensions, and Big5.
enum ChineseText {
  private static let gbk = CharacterTable(GBKFirstTable.digits, GBKSecondTable.digits)
  private static let big5 = CharacterTable(Big5Table.digits)

  /// EUC-CN, GBK and GB 18030, of whose characters of four bytes those beyond the first plane are known.
  static func decodeGB(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    DoubleByteText.decode(bytes) { lead, rest in
      if lead == 0x80 { return ("\u{20ac}", 1) }
      guard let trail = rest.first, lead < 0xff else { return nil }
      if (0x30...0x39).contains(trail), rest.count >= 3 { return fourBytes(lead, rest.prefix(3)) }
      guard let column = column(trail, last: 0xfe), let scalar = gbk.character((Int(lead) - 0x81) * 190 + column) else { return nil }
      return (scalar, 2)
    }
  }

  /// Big5 as Microsoft has it (code page 950).
  static func decodeBig5(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    DoubleByteText.decode(bytes) { lead, rest in
      guard let trail = rest.first, (0xa1...0xf9).contains(lead) else { return nil }
      let column = (0x40...0x7e).contains(trail) ? Int(trail) - 0x40 : (0xa1...0xfe).contains(trail) ? Int(trail) - 0x62 : -1
      guard column >= 0, let scalar = big5.character((Int(lead) - 0xa1) * 157 + column) else { return nil }
      return (scalar, 2)
    }
  }

  private static func column(_ trail: UInt8, last: UInt8) -> Int? {
    guard (0x40...last).contains(trail), trail != 0x7f else { return nil }
    return Int(trail) - (trail < 0x7f ? 0x40 : 0x41)
  }

  private static func fourBytes(_ lead: UInt8, _ rest: ArraySlice<UInt8>) -> DoubleByteText.Character? {
    let digits = rest.map { Int($0) }
    guard (0x81...0xfe).contains(digits[1]), (0x30...0x39).contains(digits[2]) else { return nil }
    let linear = (((Int(lead) - 0x90) * 10 + digits[0] - 0x30) * 126 + digits[1] - 0x81) * 10 + digits[2] - 0x30
    return (linear >= 0 ? Unicode.Scalar(UInt32(0x10000 + linear)) : nil, 4)
  }
}
