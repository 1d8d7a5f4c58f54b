internal import MessageFormat

/// The text of a message as a person reads it: decoded, in UTF-8, the parts that are text one behind the other, a line for each
/// that is not. A text of ours comes out byte for byte as it was sent.
package enum MessageText {
  /// Parts within parts beyond this depth are not looked into.
  private static let maximumDepth = 8
  /// Parts beyond so many, all levels together, are not looked at.
  private static let maximumParts = 500

  /// The text of a whole message file, or of as much of it as was read.
  package static func text(ofMessage bytes: [UInt8]) -> [UInt8] {
    let header = HeaderFields(of: bytes)
    let body = bytes[header.bodyStart...]
    var count = 0
    // Where no part can be read the body is shown as it stands: better than nothing.
    return text(header, body, depth: 0, &count) ?? Array(body)
  }

  private static func text(_ header: HeaderFields, _ body: ArraySlice<UInt8>, depth: Int, _ count: inout Int) -> [UInt8]? {
    let type = ContentType(header.bytes("content-type"))
    if depth > 0, let attachment = attachment(header, type, body.count) { return attachment }
    if type.mediaType.hasPrefix("multipart/"), let boundary = type.boundary {
      return depth < maximumDepth ? text(type.mediaType, parts(of: body, boundary: boundary), depth, &count) : nil
    }
    if type.mediaType == "message/rfc822", depth > 0, depth < maximumDepth {
      let bytes = Array(body)
      let inner = HeaderFields(of: bytes)
      return text(inner, bytes[inner.bodyStart...], depth: depth + 1, &count)
    }
    // Mail without a type, or with one that cannot be read, is text (RFC 2045 section 5.2).
    guard type.mediaType.hasPrefix("text/") || !type.mediaType.contains("/") else { return nil }
    let decoded = TransferEncoding.decoded(body, encoding: header.text("content-transfer-encoding"))
    let text = Charset.utf8(decoded[...], in: type.charset)
    return type.mediaType == "text/html" ? HTMLText.text(text) : text
  }

  /// The texts of the parts: of alternatives the first that is plain, else the first that can be read; of others all.
  private static func text(_ type: String, _ parts: [ArraySlice<UInt8>], _ depth: Int, _ count: inout Int) -> [UInt8]? {
    var texts: [(isPlain: Bool, text: [UInt8])] = []
    for part in parts {
      count += 1
      if count > maximumParts { break }
      let bytes = Array(part)
      let header = HeaderFields(of: bytes)
      guard let text = text(header, bytes[header.bodyStart...], depth: depth + 1, &count) else { continue }
      texts.append((ContentType(header.bytes("content-type")).mediaType != "text/html", text))
    }
    if type == "multipart/alternative" { return (texts.first { $0.isPlain && !$0.text.isEmpty } ?? texts.first)?.text }
    guard var result = texts.first?.text else { return nil }
    for (_, text) in texts.dropFirst() {
      if let last = result.last, last != 10 { result.append(10) }
      result += text
    }
    return result
  }

  /// A line that stands for a part that is a file or no text; nil for one that is to be read.
  private static func attachment(_ header: HeaderFields, _ type: ContentType, _ size: Int) -> [UInt8]? {
    let disposition = header.bytes("content-disposition").map { ContentType($0) }
    let isText = ["text/", "multipart/", "message/rfc822"].contains { type.mediaType.hasPrefix($0) } || !type.mediaType.contains("/")
    if isText, disposition?.mediaType != "attachment" { return nil }
    let name = disposition?.text("filename") ?? type.text("name")
    let shown = name.map { Summary.oneLine($0) + ", " } ?? ""
    return Array("[attached: \(shown)\(Summary.oneLine(type.mediaType)), \(size) bytes]\n".utf8)
  }

  /// The parts between the boundary lines (RFC 2046 section 5.1.1); the line end before a boundary belongs to it.
  private static func parts(of body: ArraySlice<UInt8>, boundary: [UInt8]) -> [ArraySlice<UInt8>] {
    let marker = Array("--".utf8) + boundary
    var (parts, start): ([ArraySlice<UInt8>], Int?) = ([], nil)
    var position = body.startIndex
    while position < body.endIndex, parts.count <= maximumParts {
      let end = body[position...].firstIndex(of: 10) ?? body.endIndex
      let line = body[position..<end]
      let tail = line.dropFirst(marker.count)
      let isClosing = tail.starts(with: "--".utf8)
      // Another boundary may begin with this one: nothing but white space may follow.
      if line.starts(with: marker), isClosing || tail.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) {
        if let start { parts.append(withoutLineEnd(body[start..<max(start, position)])) }
        start = min(end + 1, body.endIndex)
        if isClosing { return parts }
      }
      position = end + 1
    }
    // A message cut short has no closing line.
    if let start { parts.append(body[start...]) }
    return parts
  }

  private static func withoutLineEnd(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var part = part
    if part.last == 10 { part.removeLast() }
    if part.last == 13 { part.removeLast() }
    return part
  }
}
