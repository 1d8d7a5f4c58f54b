/// Text whose other characters are written in ASCII between two marks.
enum SevenBitText {
  /// UTF-7 (RFC 2152): `+` begins base 64 of UTF-16, anything else ends it, and a `-` that does is left out.
  static func decodeUTF7(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var (result, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes)
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "+") else {
        result += byte < 0x80 ? [byte] : Array("\u{fffd}".utf8)
        continue
      }
      let digits = rest.prefix { Base64.isDigit($0) }
      rest = rest.dropFirst(digits.count)
      let isClosed = rest.first == UInt8(ascii: "-")
      if isClosed { rest.removeFirst() }
      if digits.isEmpty {
        result.append(byte)
        if !isClosed { result += "\u{fffd}".utf8 }
        continue
      }
      let pairs = Base64.decode(digits) ?? []
      let units = stride(from: 0, to: pairs.count - 1, by: 2).map { UInt16(pairs[$0]) << 8 | UInt16(pairs[$0 + 1]) }
      result += String(decoding: units, as: UTF16.self).utf8
    }
    return result
  }

  /// HZ (RFC 1843): between `~{` and `~}` two bytes are a character of GB 2312; `~~` is a tilde, and `~` at the end of a line joins it.
  static func decodeHZ(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var (plain, rest, isShifted): ([UInt8], ArraySlice<UInt8>, Bool) = ([], bytes, false)
    plain.reserveCapacity(bytes.count)
    while let byte = rest.popFirst() {
      switch (byte, rest.first) {
      case (UInt8(ascii: "~"), UInt8(ascii: "{")) where !isShifted: (isShifted, rest) = (true, rest.dropFirst())
      case (UInt8(ascii: "~"), UInt8(ascii: "}")) where isShifted: (isShifted, rest) = (false, rest.dropFirst())
      case (UInt8(ascii: "~"), UInt8(ascii: "~")) where !isShifted:
        plain.append(byte)
        rest.removeFirst()
      case (UInt8(ascii: "~"), 10): rest.removeFirst()
      case (10, _):
        isShifted = false
        plain.append(byte)
      case (0x21...0x7e, .some(let trail)) where isShifted:
        plain += [byte | 0x80, trail | 0x80]
        rest.removeFirst()
      default: plain.append(byte)
      }
    }
    return ChineseText.decodeGB(plain[...])
  }
}
