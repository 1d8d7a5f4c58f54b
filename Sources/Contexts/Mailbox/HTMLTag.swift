/// A tag of an HTML page: its name, and where it ends.
struct HTMLTag {
  /// In lower case.
  let name: String
  let isClosing: Bool
  /// Where the text goes on.
  let end: Int
  private let start: Int

  /// The tag whose `<` is there.
  init(_ html: [UInt8], at start: Int) {
    isClosing = html[start + 1] == UInt8(ascii: "/")
    let nameStart = start + (isClosing ? 2 : 1)
    let letters = html[nameStart...].prefix(16).prefix { HTMLTag.isLetter($0) || (48...57).contains($0) }
    name = String(decoding: letters, as: UTF8.self).lowercased()
    self.start = nameStart + letters.count
    end = HTMLTag.close(of: html, from: self.start)
  }

  static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

  /// Behind the `>` that closes a tag: one within quotes does not. Where quotes are not closed the first one does.
  private static func close(of html: [UInt8], from start: Int) -> Int {
    var (index, quote): (Int, UInt8?) = (start, nil)
    while index < html.count, index - start < longestTag {
      let byte = html[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: ">") {
        return index + 1
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        // Only the value of an attribute is quoted.
        if html[start..<index].last(where: { $0 > 32 }) == UInt8(ascii: "=") { quote = byte }
      }
      index += 1
    }
    return end(of: ">", in: html, from: start)
  }

  /// Bytes within which the end of a tag with quotes is looked for.
  private static let longestTag = 16_384

  /// Behind the first `mark`, or the end of the page.
  static func end(of mark: StaticString, in html: [UInt8], from start: Int) -> Int {
    let wanted = unsafe Array(UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount))
    var index = start
    while index < html.count {
      if html[index] == wanted[0], html[index...].starts(with: wanted) { return index + wanted.count }
      index += 1
    }
    return html.count
  }

  /// Behind the closing tag of an element whose content is not looked at.
  static func end(ofElement name: String, in html: [UInt8], from start: Int) -> Int {
    var index = start
    while index + 2 < html.count {
      if html[index] == UInt8(ascii: "<"), html[index + 1] == UInt8(ascii: "/") {
        let closing = String(decoding: html[(index + 2)...].prefix(name.utf8.count), as: UTF8.self).lowercased()
        if closing == name { return end(of: ">", in: html, from: index + 2) }
      }
      index += 1
    }
    return html.count
  }

  /// The value of an attribute, its references resolved; nil where the tag has none of that name, in lower case.
  func attribute(_ wanted: String, in html: [UInt8]) -> String? {
    var rest = html[start..<max(start, end - 1)]
    func dropSpace() { rest = rest.drop { $0 <= 32 || $0 == UInt8(ascii: "/") } }
    while true {
      dropSpace()
      let name = rest.prefix { $0 > 32 && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "/") }
      if name.isEmpty, rest.first != UInt8(ascii: "=") { return nil }
      rest = rest.dropFirst(name.count).drop { $0 <= 32 }
      var value: ArraySlice<UInt8> = []
      if rest.first == UInt8(ascii: "=") {
        rest = rest.dropFirst().drop { $0 <= 32 }
        if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
          value = rest.dropFirst().prefix { $0 != quote }
          rest = rest.dropFirst(value.count + 2)
        } else {
          value = rest.prefix { $0 > 32 }
          rest = rest.dropFirst(value.count)
        }
      }
      if String(decoding: name, as: UTF8.self).lowercased() == wanted { return HTMLReference.resolved(Array(value)) }
    }
  }
}
