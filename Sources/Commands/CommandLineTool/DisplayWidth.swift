/// How many columns text takes on a terminal: two for East Asian wide characters and emoji, none for combining and
/// invisible ones, one for all others.
package enum DisplayWidth {
  /// East Asian Width W and F of Unicode 17.0.0 (EastAsianWidth.txt, UAX #11), without emoji, which the standard library knows.
  /// Sorted; unassigned code points between two ranges are taken in.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2329...0x232a, 0x2630...0x2637, 0x268a...0x268f, 0x2e80...0x303e, 0x3041...0x3247, 0x3250...0xa4c6,
    0xa960...0xa97c, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6b, 0xff01...0xff60, 0xffe0...0xffe6,
    0x16fe0...0x18df2, 0x1aff0...0x1b2fb, 0x1d300...0x1d356, 0x1d360...0x1d376, 0x1f200...0x1f265, 0x20000...0x2fffd,
    0x30000...0x3fffd,
  ]

  /// Columns of a text that holds no control characters.
  package static func columns(of text: String) -> Int {
    if let columns = columns(ofSeparate: text.utf8.span) { return columns }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  /// Columns of bytes that are UTF-8 and hold nothing but scalars that are a grapheme each whatever stands beside them: printable ASCII, Hangul
  /// syllables, ideographs, and the Korean and Japanese punctuation and kana without combining marks. Nil for all other text.
  /// Most text is such, and finding graphemes is many times as much work.
  package static func columns(ofSeparate text: borrowing Span<UInt8>) -> Int? {
    var (columns, index) = (0, 0)
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        guard byte >= 0x20, byte != 0x7f else { return nil }
        (columns, index) = (columns + 1, index + 1)
        continue
      }
      guard byte & 0xf0 == 0xe0, index + 2 < text.count, text[index + 1] & 0xc0 == 0x80, text[index + 2] & 0xc0 == 0x80 else { return nil }
      switch UInt32(byte & 0x0f) << 12 | UInt32(text[index + 1] & 0x3f) << 6 | UInt32(text[index + 2] & 0x3f) {
      case 0x3001...0x3029, 0x3041...0x3096, 0x30a0...0x30ff, 0x4e00...0x9fff, 0xac00...0xd7a3: break
      default: return nil
      }
      (columns, index) = (columns + 2, index + 3)
    }
    return columns
  }

  /// Columns of one grapheme: that of its first wide part, of an emoji made from parts two, else the sum.
  static func columns(of grapheme: Character) -> Int {
    if grapheme.isASCII { return grapheme < " " || grapheme == "\u{7f}" ? 0 : 1 }
    var sum = 0
    for scalar in grapheme.unicodeScalars {
      let width = columns(of: scalar)
      if width == 2 || scalar == "\u{fe0f}" { return 2 }
      sum += width
    }
    return sum
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control: return 0
    // Format characters are invisible; a soft hyphen is shown.
    case .format: return scalar == "\u{ad}" ? 1 : 0
    default: break
    }
    // Vowels and finals that join the Hangul syllable before them.
    if (0x1160...0x11ff).contains(scalar.value) || (0xd7b0...0xd7ff).contains(scalar.value) { return 0 }
    return properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
  }

  private static func isWide(_ value: UInt32) -> Bool {
    var (low, high) = (0, wide.count)
    while low < high {
      let middle = (low + high) / 2
      if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < wide.count && wide[low].contains(value)
  }
}

extension DisplayWidth {
  /// The text cut to `limit` columns, the cut shown as `…`; no grapheme is split.
  package static func fitted(_ text: String, to limit: Int) -> String {
    if columns(of: text) <= limit { return text }
    guard limit > 0 else { return "" }
    var (kept, width) = ("", 0)
    for grapheme in text {
      width += columns(of: grapheme)
      if width > limit - 1 { break }
      kept.append(grapheme)
    }
    return kept + "…"
  }

  /// The text cut or filled up with spaces to exactly `width` columns.
  package static func padded(_ text: String, to width: Int) -> String {
    let fitting = fitted(text, to: width)
    return fitting + String(repeating: " ", count: max(0, width - columns(of: fitting)))
  }
}
