/// Japanese text of mail: Shift_JIS as Microsoft has it (code page 932), EUC-JP and ISO-2022-JP (RFC 1468).
enum JapaneseText {
  private static let table = CharacterTable(JapaneseTable.digits)
  /// Where code page 932 has another character than JIS X 0208: row, column, character.
  private static let differences: [(Int, Int, Unicode.Scalar)] = [
    (1, 29, "\u{2015}"), (1, 33, "\u{ff5e}"), (1, 34, "\u{2225}"), (1, 61, "\u{ff0d}"), (1, 81, "\u{ffe0}"), (1, 82, "\u{ffe1}"),
    (2, 44, "\u{ffe2}"), (1, 32, "\u{ff3c}"),
  ]

  /// The character at a row and a column, both from 1.
  private static func character(_ row: Int, _ column: Int) -> Unicode.Scalar? {
    guard (1...94).contains(column), (1...94).contains(row) || (115...119).contains(row) else { return nil }
    return table.character((row <= 94 ? row - 1 : row - 21) * 94 + column - 1)
  }

  /// Katakana of half width stand in Unicode's order from A1 to DF.
  private static func halfWidth(_ byte: UInt8) -> Unicode.Scalar? {
    (0xa1...0xdf).contains(byte) ? Unicode.Scalar(0xff61 + UInt32(byte) - 0xa1) : nil
  }

  static func decodeShiftJIS(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    DoubleByteText.decode(bytes) { lead, rest in
      if let kana = halfWidth(lead) { return (kana, 1) }
      guard let trail = rest.first, (0x81...0x9f).contains(lead) || (0xe0...0xfc).contains(lead), (0x40...0xfc).contains(trail),
        trail != 0x7f
      else { return nil }
      let isEven = trail >= 0x9f
      let row = (Int(lead) - (lead < 0xa0 ? 0x81 : 0xc1)) * 2 + (isEven ? 2 : 1)
      let column = Int(trail) - (isEven ? 0x9e : trail > 0x7f ? 0x40 : 0x3f)
      if let other = differences.first(where: { $0.0 == row && $0.1 == column }) { return (other.2, 2) }
      return character(row, column).map { ($0, 2) }
    }
  }

  /// Of the three bytes that stand for a character of JIS X 0212 nothing is known but that they are one.
  static func decodeEUC(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    DoubleByteText.decode(bytes) { lead, rest in
      guard let trail = rest.first, trail >= 0xa1 else { return nil }
      if lead == 0x8e { return halfWidth(trail).map { ($0, 2) } }
      if lead == 0x8f { return rest.count >= 2 ? (nil, 3) : nil }
      return character(Int(lead) - 0xa0, Int(trail) - 0xa0).map { ($0, 2) }
    }
  }

  /// Escape sequences say what follows: ASCII or nearly that, two bytes a character, katakana. A line begins with ASCII.
  static func decodeISO2022(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    enum Mode { case ascii, double, unknown, kana }
    let escapes: [(String, Mode)] = [
      ("(B", .ascii), ("(J", .ascii), ("$@", .double), ("$B", .double), ("$(D", .unknown), ("(I", .kana),
    ]
    // As EUC, in which every byte says for itself what it is.
    var (plain, mode): ([UInt8], Mode) = ([], .ascii)
    plain.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == 0x1b, let escape = escapes.first(where: { rest.starts(with: $0.0.utf8) }) {
        mode = escape.1
        rest = rest.dropFirst(escape.0.utf8.count)
      } else if byte == 0x0a || !(0x21...0x7e).contains(byte) || mode == .ascii {
        if byte == 0x0a { mode = .ascii }
        plain.append(byte)
      } else if mode == .kana {
        plain += [0x8e, byte | 0x80]
      } else if let trail = rest.popFirst() {
        plain += (mode == .unknown ? [0x8f] : []) + [byte | 0x80, trail | 0x80]
      }
    }
    return decodeEUC(plain[...])
  }
}
