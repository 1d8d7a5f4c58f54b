/// Text from messages and files made safe to show on a terminal.
package enum TerminalText {
  /// The text with every control character as a visible symbol (U+2400 block, U+FFFD for C1 and bidirectional controls).
  /// Line feeds and tabs become symbols too unless `keepingLines`.
  package static func visible(_ text: String, keepingLines: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(visible(scalar, keepingLines: keepingLines)) }
    return String(result)
  }

  private static func visible(_ scalar: Unicode.Scalar, keepingLines: Bool) -> Unicode.Scalar {
    switch scalar.value {
    case 0x0a, 0x09: keepingLines ? scalar : Unicode.Scalar(0x2400 + scalar.value) ?? "\u{fffd}"
    case 0x00...0x1f: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{fffd}"
    case 0x7f: "\u{2421}"
    // C1 controls, and the bidirectional embeddings, overrides and isolates that make text show what it is not.
    case 0x80...0x9f, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069, 0x061c, 0x2028, 0x2029: "\u{fffd}"
    default: scalar
    }
  }
}
