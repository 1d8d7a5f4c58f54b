/// The words of an HTML page, as far as a person needs them who has no browser at hand: tags taken out, blocks on lines of their
/// own, character references resolved. No more is understood of it, and nothing of it is ever fetched or run.
enum HTMLText {
  /// Elements that begin and end a line.
  private static let blocks: Set<String> = [
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "section",
    "article", "header", "footer",
  ]
  /// Elements whose content is not to be read.
  private static let silent: Set<String> = ["script", "style", "title"]
  private static let named: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©", "reg": "®", "trade": "™", "hellip": "…",
    "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "bull": "•", "middot": "·", "euro": "€",
    "laquo": "«", "raquo": "»", "times": "×",
  ]

  /// `html` is UTF-8; so is what comes out.
  static func text(_ html: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(html.count / 2)
    var index = 0
    // Once behind the last `>` there are no more tags: looked for once, so that a page of `<` costs no more than its length.
    let lastClose = html.lastIndex(of: UInt8(ascii: ">")) ?? -1
    while index < html.count {
      switch html[index] {
      case UInt8(ascii: "<") where index < lastClose && isTag(html, index): index = skipTag(html, index, &result)
      case UInt8(ascii: "&"): index = reference(html, index, &result)
      case 9, 10, 12, 13, 32:
        if let last = result.last, last != 32, last != 10 { result.append(32) }
        index += 1
      default:
        result.append(html[index])
        index += 1
      }
    }
    while result.last == 32 || result.last == 10 { result.removeLast() }
    if !result.isEmpty { result.append(10) }
    return result
  }

  private static func isTag(_ html: [UInt8], _ index: Int) -> Bool {
    guard index + 1 < html.count else { return false }
    let next = html[index + 1]
    return next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || isLetter(next)
  }

  /// Where the text goes on behind a tag, a comment, or an element that is not to be read.
  private static func skipTag(_ html: [UInt8], _ start: Int, _ result: inout [UInt8]) -> Int {
    if html[start...].starts(with: "<!--".utf8) { return end(of: "-->", in: html, from: start + 4) }
    let isClosing = html[start + 1] == UInt8(ascii: "/")
    let nameStart = start + (isClosing ? 2 : 1)
    let name = String(decoding: html[nameStart...].prefix(16).prefix { isLetter($0) || (48...57).contains($0) }, as: UTF8.self).lowercased()
    let behind = end(of: ">", in: html, from: nameStart)
    if blocks.contains(name) { breakLine(&result) }
    guard !isClosing, silent.contains(name) else { return behind }
    var index = behind
    while index + 2 < html.count {
      if html[index] == UInt8(ascii: "<"), html[index + 1] == UInt8(ascii: "/") {
        let closing = String(decoding: html[(index + 2)...].prefix(name.utf8.count), as: UTF8.self).lowercased()
        if closing == name { return end(of: ">", in: html, from: index + 2) }
      }
      index += 1
    }
    return html.count
  }

  private static func breakLine(_ result: inout [UInt8]) {
    while result.last == 32 { result.removeLast() }
    if let last = result.last, last != 10 { result.append(10) }
  }

  private static func end(of mark: StaticString, in html: [UInt8], from start: Int) -> Int {
    let wanted = unsafe Array(UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount))
    var index = start
    while index < html.count {
      if html[index] == wanted[0], html[index...].starts(with: wanted) { return index + wanted.count }
      index += 1
    }
    return html.count
  }

  /// `&amp;`, `&#8230;`, `&#x2026;`; anything else stays as it is.
  private static func reference(_ html: [UInt8], _ start: Int, _ result: inout [UInt8]) -> Int {
    let body = html[(start + 1)...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
    let end = start + 1 + body.count
    if end < html.count, html[end] == UInt8(ascii: ";"), let text = character(String(decoding: body, as: UTF8.self)) {
      result += text.utf8
      return end + 1
    }
    result.append(html[start])
    return start + 1
  }

  private static func character(_ name: String) -> String? {
    if let text = named[name] { return text }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
    let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}
