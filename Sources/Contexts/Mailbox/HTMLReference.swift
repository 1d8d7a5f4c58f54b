internal import MessageFormat

/// Character references: `&amp;`, `&#8230;`, `&#x2026;`; anything else stays as it is.
enum HTMLReference {
  /// Bytes of the longest name.
  private static let longestName = 32

  /// What the `&` there stands for, in UTF-8, and where the text goes on.
  static func text(_ html: [UInt8], at start: Int) -> (text: [UInt8], end: Int) {
    let rest = html[(start + 1)...].prefix(longestName)
    if rest.first == UInt8(ascii: "#") { return number(rest.dropFirst()) ?? ([html[start]], start + 1) }
    let name = rest.prefix { HTMLTag.isLetter($0) || (48...57).contains($0) }
    let isClosed = name.endIndex < html.count && html[name.endIndex] == UInt8(ascii: ";")
    if isClosed, let found = characters(name, isOpen: false) { return (found, name.endIndex + 1) }
    // Some names may stand without a semicolon, and then more letters may follow.
    for count in stride(from: name.count, to: 1, by: -1) {
      if let found = characters(name.prefix(count), isOpen: true) { return (found, name.startIndex + count) }
    }
    return ([html[start]], start + 1)
  }

  /// A text with its references resolved.
  static func resolved(_ text: [UInt8]) -> String {
    var (result, index): ([UInt8], Int) = ([], 0)
    while index < text.count {
      if text[index] == UInt8(ascii: "&") {
        let (characters, end) = HTMLReference.text(text, at: index)
        result += characters
        index = end
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func number(_ text: ArraySlice<UInt8>) -> (text: [UInt8], end: Int)? {
    let isHexadecimal = text.first == UInt8(ascii: "x") || text.first == UInt8(ascii: "X")
    let digits = text.dropFirst(isHexadecimal ? 1 : 0).prefix {
      (48...57).contains($0) || isHexadecimal && HTMLTag.isLetter($0) && ($0 | 0x20) <= UInt8(ascii: "f")
    }
    guard let code = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10) else { return nil }
    let isClosed = text.endIndex > digits.endIndex && text[digits.endIndex] == UInt8(ascii: ";")
    let end = digits.endIndex + (isClosed ? 1 : 0)
    // Pages that use 128 to 159 mean Windows-1252 (html.spec.whatwg.org, 13.2.5.80).
    if (0x80...0x9f).contains(code), let latin = Charset("windows-1252") { return (latin.utf8([UInt8(code)]), end) }
    let scalar = code == 0 ? nil : Unicode.Scalar(code)
    return (Array(String(Character(scalar ?? "\u{fffd}")).utf8), end)
  }

  private static let list = unsafe Array(
    UnsafeBufferPointer(start: HTMLEntities.list.utf8Start, count: HTMLEntities.list.utf8CodeUnitCount)
  ).split { $0 <= 32 }

  /// What a name stands for; with `isOpen` only one that needs no semicolon.
  private static func characters(_ name: ArraySlice<UInt8>, isOpen: Bool) -> [UInt8]? {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      let key = list[middle].prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "!") }
      if key.elementsEqual(name) {
        let value = list[middle][key.endIndex...]
        return isOpen && value.first != UInt8(ascii: "!") ? nil : decoded(value.drop { $0 != UInt8(ascii: "=") }.dropFirst())
      }
      if key.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// `228b+fe00` in UTF-8.
  private static func decoded(_ digits: ArraySlice<UInt8>) -> [UInt8] {
    digits.split(separator: UInt8(ascii: "+")).flatMap { code in
      UInt32(String(decoding: code, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) } ?? []
    }
  }
}
