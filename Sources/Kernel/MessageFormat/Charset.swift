/// Character sets of mail, turned into UTF-8.
///
/// Those that mail comes in; of any other, what is ASCII is shown and the rest as U+FFFD.
package enum Charset {
  /// Windows-1252 where it differs from ISO 8859-1: bytes 80 to 9F (encoding.spec.whatwg.org).
  private static let windows: [UInt16] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
  ]
  /// ISO 8859-15 where it differs from ISO 8859-1.
  private static let latin9: [(UInt8, UInt16)] = [
    (0xa4, 0x20ac), (0xa6, 0x160), (0xa8, 0x161), (0xb4, 0x17d), (0xb8, 0x17e), (0xbc, 0x152), (0xbd, 0x153), (0xbe, 0x178),
  ]

  /// The text in UTF-8. Bytes said to be UTF-8 or ASCII, or of which nothing is said, come out as they are.
  package static func utf8(_ bytes: ArraySlice<UInt8>, in label: String?) -> [UInt8] { known(bytes, in: label) ?? unknown(bytes) }

  /// The same, nil for a character set that is not known.
  static func known(_ bytes: ArraySlice<UInt8>, in label: String?) -> [UInt8]? {
    guard let label, !label.isEmpty else { return Array(bytes) }
    return switch label.lowercased() {
    case "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968": Array(bytes)
    // Who says 8859-1 and uses 80 to 9F means Windows-1252, as every reader takes it.
    case "iso-8859-1", "latin1", "windows-1252", "cp1252":
      singleBytes(bytes) { (0x80...0x9f).contains($0) ? windows[Int($0 - 0x80)] : UInt16($0) }
    case "iso-8859-15", "latin9": singleBytes(bytes) { byte in latin9.first { $0.0 == byte }?.1 ?? UInt16(byte) }
    case "euc-kr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "cp949", "windows-949", "uhc", "x-windows-949", "euckr":
      KoreanText.decodeCP949(bytes)
    case "iso-2022-kr": KoreanText.decodeISO2022(bytes)
    case "utf-16", "utf16": utf16(bytes, isLittle: bytes.starts(with: [0xff, 0xfe]))
    case "utf-16be": utf16(bytes, isLittle: false)
    case "utf-16le": utf16(bytes, isLittle: true)
    case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "cp932", "windows-31j": JapaneseText.decodeShiftJIS(bytes)
    case "euc-jp", "eucjp", "x-euc-jp": JapaneseText.decodeEUC(bytes)
    case "iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-ms", "cp50220", "cp50221": JapaneseText.decodeISO2022(bytes)
    case "gb2312", "gb_2312-80", "euc-cn", "gbk", "cp936", "windows-936", "gb18030": ChineseText.decodeGB(bytes)
    case "big5", "big-5", "cp950", "windows-950", "big5-hkscs": ChineseText.decodeBig5(bytes)
    case let name: SingleByteText.decode(bytes, in: standardName(name))
    }
  }

  /// Other names that senders use for character sets of one byte.
  private static func standardName(_ name: String) -> String {
    switch name {
    case "latin2": "iso-8859-2"
    case "latin5": "iso-8859-9"
    case "cyrillic": "iso-8859-5"
    case "greek": "iso-8859-7"
    case "hebrew", "iso-8859-8-i": "iso-8859-8"
    case "arabic": "iso-8859-6"
    case "koi8", "koi8r": "koi8-r"
    case "cp866", "866": "ibm866"
    case "mac", "x-mac-roman": "macintosh"
    case "tis-620", "cp874": "windows-874"
    case _ where name.hasPrefix("cp125"): "windows-" + name.dropFirst(2)
    case _ where name.hasPrefix("iso8859") || name.hasPrefix("iso_8859"): "iso-8859" + name.dropFirst(name.hasPrefix("iso_") ? 8 : 7)
    default: name
    }
  }

  /// Whether such text may come out changed: not for UTF-8, whose parts of one character may be joined first.
  package static func isUTF8(_ label: String) -> Bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].contains(label.lowercased())
  }

  private static func singleBytes(_ bytes: ArraySlice<UInt8>, _ unit: (UInt8) -> UInt16) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 4)
    for byte in bytes {
      if byte < 0x80 {
        result.append(byte)
      } else if let scalar = Unicode.Scalar(unit(byte)) {
        result += String(Character(scalar)).utf8
      }
    }
    return result
  }

  private static func utf16(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> [UInt8] {
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      let (one, two) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(isLittle ? two << 8 | one : one << 8 | two)
      index += 2
    }
    if units.first == 0xfeff { units.removeFirst() }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private static func unknown(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    if String(validating: bytes, as: UTF8.self) != nil { return Array(bytes) }
    return Array(String(String.UnicodeScalarView(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{fffd}" })).utf8)
  }
}
