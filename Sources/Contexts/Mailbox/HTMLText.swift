/// An HTML page as plain text: tags removed, blocks on lines of their own, cells apart, the addresses of links behind their words, character
/// references resolved. It is no renderer, and nothing in the page is ever fetched or run.
struct HTMLText {
  /// Elements that begin and end a line.
  private static let blocks: Set<String> = [
    "p", "div", "br", "tr", "li", "ul", "ol", "dl", "dt", "dd", "table", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre",
    "hr", "section", "article", "header", "footer", "main", "nav", "aside", "address", "figure", "figcaption", "form", "fieldset",
    "legend", "option", "summary", "details", "title", "textarea",
  ]
  /// Elements that are set apart from what is before them on the line.
  private static let cells: Set<String> = ["td", "th"]
  /// Elements whose content is not to be read.
  private static let silent: Set<String> = ["script", "style", "title", "template"]
  /// Elements whose white space is meant.
  private static let preserved: Set<String> = ["pre", "textarea"]
  /// Links whose address a person can use.
  private static let schemes = ["http:", "https:", "mailto:", "tel:", "ftp:"]
  /// Bytes of an address beyond which it is not shown.
  private static let longestAddress = 2000

  private let html: [UInt8]
  private var result: [UInt8] = []
  private var index = 0
  /// How deep it is in elements whose white space is meant.
  private var depthOfPreserved = 0
  /// The address of the link that is open, and where its words begin in the result.
  private var link: (address: String, start: Int)?

  private init(_ html: [UInt8]) {
    self.html = html
    result.reserveCapacity(html.count / 2)
  }

  /// `html` is UTF-8; so is what comes out.
  static func text(_ html: [UInt8]) -> [UInt8] {
    var page = HTMLText(html)
    page.read()
    return page.result
  }

  /// The character set that a page names in a `meta` element of its head, as pages without a label do.
  static func charset(of html: [UInt8]) -> String? {
    let head = html.prefix(1024).map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    let meta = HTMLTag.end(of: "<meta", in: head, from: 0)
    let label = head[HTMLTag.end(of: "charset=", in: head, from: meta)...].drop { [32, 0x22, 0x27].contains($0) }
      .prefix { HTMLTag.isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
  }

  private mutating func read() {
    // Once behind the last `>` there are no more tags: looked for once, so that a page of `<` costs no more than its length.
    let lastClose = html.lastIndex(of: UInt8(ascii: ">")) ?? -1
    while index < html.count {
      switch html[index] {
      case UInt8(ascii: "<") where index < lastClose && isTag(index): readTag()
      case UInt8(ascii: "&"):
        let (text, end) = HTMLReference.text(html, at: index)
        result += text
        index = end
      case 13 where depthOfPreserved > 0: index += 1
      case 9, 10, 12, 13, 32:
        if depthOfPreserved > 0 { result.append(html[index]) } else { addSpace() }
        index += 1
      default:
        result.append(html[index])
        index += 1
      }
    }
    closeLink()
    while result.last == 32 || result.last == 10 { result.removeLast() }
    if !result.isEmpty { result.append(10) }
  }

  private func isTag(_ index: Int) -> Bool {
    guard index + 1 < html.count else { return false }
    let next = html[index + 1]
    return next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || HTMLTag.isLetter(next)
  }

  /// Goes on behind a tag, a comment, or an element that is not to be read.
  private mutating func readTag() {
    if html[index...].starts(with: "<!--".utf8) {
      index = HTMLTag.end(of: "-->", in: html, from: index + 4)
      return
    }
    let tag = HTMLTag(html, at: index)
    index = tag.end
    if HTMLText.blocks.contains(tag.name) { breakLine() }
    if HTMLText.cells.contains(tag.name), !tag.isClosing { addSpace() }
    if HTMLText.preserved.contains(tag.name) {
      depthOfPreserved = max(0, depthOfPreserved + (tag.isClosing ? -1 : 1))
      // The line end behind the tag is no part of the text.
      if !tag.isClosing, index < html.count, html[index] == 10 { index += 1 }
    }
    switch tag.name {
    case "a":
      closeLink()
      if !tag.isClosing, let address = tag.attribute("href", in: html), HTMLText.isUsable(address) { link = (address, result.count) }
    case "img":
      if let words = tag.attribute("alt", in: html), !words.isEmpty { result += "[\(Summary.oneLine(words))]".utf8 }
    default: break
    }
    if !tag.isClosing, HTMLText.silent.contains(tag.name) { index = HTMLTag.end(ofElement: tag.name, in: html, from: index) }
  }

  private static func isUsable(_ address: String) -> Bool {
    let start = address.lowercased()
    return address.utf8.count <= longestAddress && schemes.contains { start.hasPrefix($0) }
      && address.unicodeScalars.allSatisfy { $0.value > 32 && $0 != "<" && $0 != ">" && !$0.properties.isWhitespace }
  }

  /// `words <address>`, unless the words are the address.
  private mutating func closeLink() {
    guard let (address, start) = link else { return }
    link = nil
    let words = Summary.oneLine(String(decoding: result[min(start, result.count)...], as: UTF8.self))
    let shown = words.hasSuffix("/") ? String(words.dropLast()) : words
    let bare = address.hasSuffix("/") ? String(address.dropLast()) : address
    if shown == bare || address.hasPrefix("mailto:") && bare.dropFirst(7) == shown { return }
    addSpace()
    result += "<\(address)>".utf8
  }

  private mutating func addSpace() { if let last = result.last, last != 32, last != 10 { result.append(32) } }

  private mutating func breakLine() {
    while result.last == 32 { result.removeLast() }
    if let last = result.last, last != 10 { result.append(10) }
  }
}
