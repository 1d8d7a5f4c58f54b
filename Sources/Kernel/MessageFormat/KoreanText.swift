/// Korean text of mail: EUC-KR and its extension by Microsoft (code page 949, UHC), and ISO-2022-KR (RFC 1557).
///
/// glibc's iconv(3) loads its tables as shared objects, which a static program cannot; so the 13 KiB that cannot be worked out are
/// here. The syllables of KS X 1001 stand in it in Unicode's order, and the extension holds the others in the same order: one
/// bit for each syllable says in which.
enum KoreanText {
  private static let symbols = 1397
  private static let hanja = symbols + 12 * 94 * 2

  /// The bytes of the table; made from its digits when the first such text comes.
  private static let table: [UInt8] =
    unsafe Base64.decode(
      UnsafeBufferPointer(start: KoreanTable.digits.utf8Start, count: KoreanTable.digits.utf8CodeUnitCount)) ?? []

  /// The syllables that are in KS X 1001, and those that are not, each in the order of both.
  private static let syllables: (standard: [UInt16], extended: [UInt16]) = {
    var result: (standard: [UInt16], extended: [UInt16]) = ([], [])
    for syllable in 0..<11172 where table.count > syllable / 8 {
      let scalar = UInt16(0xac00 + syllable)
      if table[syllable / 8] >> UInt8(syllable % 8) & 1 == 1 { result.standard.append(scalar) } else { result.extended.append(scalar) }
    }
    return result
  }()

  /// Bytes in EUC-KR or code page 949 as UTF-8; U+FFFD for what stands for nothing.
  static func decodeCP949(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var text = String.UnicodeScalarView()
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let lead = bytes[index]
      index += 1
      if lead < 0x80 {
        text.append(Unicode.Scalar(lead))
      } else if index < bytes.endIndex, let scalar = character(lead, bytes[index]) {
        text.append(scalar)
        index += 1
      } else {
        text.append("\u{fffd}")
      }
    }
    return Array(String(text).utf8)
  }

  /// Bytes in ISO-2022-KR: between SO and SI two bytes of seven bits are a character.
  static func decodeISO2022(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    var isShifted = false
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x0e: isShifted = true
      case 0x0f: isShifted = false
      case 0x1b where bytes[index...].starts(with: "$)C".utf8): index += 3
      // A line begins unshifted (RFC 1557).
      case 0x0a:
        isShifted = false
        plain.append(byte)
      case 0x21...0x7e where isShifted: plain.append(byte | 0x80)
      default: plain.append(byte)
      }
    }
    return decodeCP949(plain[...])
  }

  private static func character(_ lead: UInt8, _ trail: UInt8) -> Unicode.Scalar? {
    let column = Int(trail) - 0xa1
    let isStandard = (0..<94).contains(column)
    switch lead {
    case 0xa1...0xac where isStandard: return fromTable(symbols + (Int(lead - 0xa1) * 94 + column) * 2)
    case 0xb0...0xc8 where isStandard: return syllable(syllables.standard, Int(lead - 0xb0) * 94 + column)
    case 0xca...0xfd where isStandard: return fromTable(hanja + (Int(lead - 0xca) * 94 + column) * 2)
    case 0x81...0xc6: return extended(lead, trail)
    default: return nil
    }
  }

  /// Rows 81 to A0 have 178 characters of the extension, rows A1 to C6 the 84 whose second byte KS X 1001 leaves free.
  private static func extended(_ lead: UInt8, _ trail: UInt8) -> Unicode.Scalar? {
    let column: Int
    switch trail {
    case 0x41...0x5a: column = Int(trail) - 0x41
    case 0x61...0x7a: column = Int(trail) - 0x61 + 26
    case 0x81...0xa0: column = Int(trail) - 0x81 + 52
    case 0xa1...0xfe where lead <= 0xa0: column = Int(trail) - 0x81 + 52
    default: return nil
    }
    let row = Int(lead) - 0x81
    return syllable(syllables.extended, row < 32 ? row * 178 + column : 32 * 178 + (row - 32) * 84 + column)
  }

  private static func syllable(_ list: [UInt16], _ index: Int) -> Unicode.Scalar? {
    list.indices.contains(index) ? Unicode.Scalar(list[index]) : nil
  }

  private static func fromTable(_ position: Int) -> Unicode.Scalar? {
    guard position + 1 < table.count else { return nil }
    let value = UInt16(table[position]) << 8 | UInt16(table[position + 1])
    return value == 0 ? nil : Unicode.Scalar(value)
  }
}
