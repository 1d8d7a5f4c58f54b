/// Character sets of mail, turned into UTF-8.
///
/// Labels are compared without case, `-` and `_`, and without a leading `x` or `cs`. Of a character set that is not known, what is ASCII is
/// shown and the rest as U+FFFD.
package struct Charset: Hashable, Sendable {
  /// In lower case, as the Encoding Standard spells it.
  package let name: String

  /// The character set that mail calls `label`; nil where it is not known.
  package init?(_ label: String) {
    switch label {
    case "utf-8", "UTF-8": name = "utf-8"
    case "us-ascii", "US-ASCII": name = "us-ascii"
    default:
      guard let known = Charset.named(label) else { return nil }
      name = known
    }
  }

  private static func named(_ label: String) -> String? {
    let plain = label.lowercased().utf8.filter { (97...122).contains($0) || (48...57).contains($0) }
    if let name = name(of: plain[...]) { return name }
    for prefix in ["x", "cs"] where plain.starts(with: prefix.utf8) {
      if let name = name(of: plain.dropFirst(prefix.utf8.count)) { return name }
    }
    return nil
  }

  /// Looks through the list from its beginning: it has 3 KB, and a table of it would be made anew by each process.
  private static func name(of label: ArraySlice<UInt8>) -> String? {
    let lines = unsafe UnsafeBufferPointer(start: CharsetLabels.lines.utf8Start, count: CharsetLabels.lines.utf8CodeUnitCount)
    var (name, start, isFirst) = (0..<0, 0, true)
    for index in lines.indices where unsafe lines[index] == 32 || lines[index] == 10 {
      let word = start..<index
      start = index + 1
      if word.isEmpty {
        // A line that begins with spaces goes on with the one before.
        isFirst = false
      } else if isFirst {
        name = word
        isFirst = false
      } else if word.count == label.count, unsafe lines[word].elementsEqual(label) {
        return unsafe String(decoding: lines[name], as: UTF8.self)
      }
      if unsafe lines[index] == 10 { isFirst = true }
    }
    return nil
  }

  /// The text in UTF-8. Bytes said to be UTF-8 come out as they are. `unlabelled` is asked for the character set of bytes that are no UTF-8,
  /// of which nothing is said or that they were ASCII.
  package static func utf8(_ bytes: ArraySlice<UInt8>, in label: String?, unlabelled: @autoclosure () -> Charset? = nil) -> [UInt8] {
    guard let label, !label.isEmpty else { return utf8(bytes, unlabelled: unlabelled) }
    guard let charset = Charset(label) else { return unknown(bytes) }
    return charset.name == "us-ascii" ? utf8(bytes, unlabelled: unlabelled) : charset.utf8(bytes)
  }

  private static func utf8(_ bytes: ArraySlice<UInt8>, unlabelled: () -> Charset?) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil { return Array(bytes) }
    return unlabelled()?.utf8(bytes) ?? Array(bytes)
  }

  /// The text in UTF-8.
  package func utf8(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    switch name {
    case "utf-8", "us-ascii": Array(bytes)
    case "windows-1252": Latin.decodeWindows(bytes)
    case "iso-8859-15": Latin.decodeLatin9(bytes)
    case "euc-kr": KoreanText.decodeCP949(bytes)
    case "iso-2022-kr": KoreanText.decodeISO2022(bytes)
    case "utf-16": Charset.utf16(bytes, isLittle: bytes.starts(with: [0xff, 0xfe]))
    case "utf-16be": Charset.utf16(bytes, isLittle: false)
    case "utf-16le": Charset.utf16(bytes, isLittle: true)
    case "utf-7": SevenBitText.decodeUTF7(bytes)
    case "shift_jis": JapaneseText.decodeShiftJIS(bytes)
    case "euc-jp": JapaneseText.decodeEUC(bytes)
    case "iso-2022-jp": JapaneseText.decodeISO2022(bytes)
    case "gbk", "gb18030": ChineseText.decodeGB(bytes)
    case "hz-gb-2312": SevenBitText.decodeHZ(bytes)
    case "big5": ChineseText.decodeBig5(bytes)
    default: SingleByteText.decode(bytes, in: name) ?? Charset.unknown(bytes)
    }
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
