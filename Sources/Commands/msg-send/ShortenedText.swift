import Ledger

/// The beginning of a text that is longer than it may be.
struct ShortenedText {
  private static let mark = Array("…".utf8)

  /// Bytes, inclusive, without the final line feed.
  let limit: Int
  /// Length as the tariff counts it, inclusive, without the final line feed; nil for any.
  let counted: Int?

  /// The text where it is short enough, else what fits of it with `…` at its end. No character is cut in two; what is no UTF-8 stays as it
  /// is, to be refused.
  func shortened(_ text: [UInt8]) -> [UInt8] {
    let body = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
    if fits(body.count, Tariff.length(body)) { return text }
    // More than fits is not looked at: it may have been cut where it was read.
    guard let whole = String(validating: body.prefix(limit + 1).trimmedToCharacters, as: UTF8.self) else { return text }
    var (size, length, kept) = (ShortenedText.mark.count, Tariff.length(ShortenedText.mark[...]), [UInt8]())
    for character in whole {
      let bytes = Array(character.utf8)
      size += bytes.count
      length += Tariff.length(bytes[...])
      if !fits(size, length) { break }
      kept += bytes
    }
    return kept + ShortenedText.mark
  }

  private func fits(_ size: Int, _ length: Int) -> Bool { size <= limit && counted.map { length <= $0 } ?? true }
}

extension ArraySlice<UInt8> {
  /// Without the part of a character at the end.
  fileprivate var trimmedToCharacters: ArraySlice<UInt8> {
    guard let last = lastIndex(where: { $0 & 0xc0 != 0x80 }), self[last] >= 0x80 else { return self }
    let length = self[last] >= 0xf0 ? 4 : self[last] >= 0xe0 ? 3 : 2
    return endIndex - last < length ? self[..<last] : self
  }
}
