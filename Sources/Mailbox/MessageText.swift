internal import MessageFormat

/// The text of a message as a person reads it: decoded, and of several parts the first that is plain text.
/// A text of ours comes out byte for byte as it was sent.
package enum MessageText {
  /// Parts within parts beyond this depth are not looked into.
  private static let maximumDepth = 8

  /// The text of a whole message file, or of as much of it as was read.
  package static func text(ofMessage bytes: [UInt8]) -> [UInt8] {
    let header = HeaderFields(of: bytes)
    let body = bytes[header.bodyStart...]
    // Where no part is plain text the body is shown as it stands: better than nothing.
    return plainText(header, body, depth: 0) ?? Array(body)
  }

  private static func plainText(_ header: HeaderFields, _ body: ArraySlice<UInt8>, depth: Int) -> [UInt8]? {
    let type = ContentType(header.bytes("content-type"))
    if type.mediaType.hasPrefix("multipart/"), let boundary = type.boundary, depth < maximumDepth {
      for part in parts(of: body, boundary: boundary) {
        let bytes = Array(part)
        let partHeader = HeaderFields(of: bytes)
        if let text = plainText(partHeader, bytes[partHeader.bodyStart...], depth: depth + 1) { return text }
      }
      return nil
    }
    // Mail without a type, or with one that cannot be read, is text (RFC 2045 section 5.2).
    guard type.mediaType == "text/plain" || !type.mediaType.contains("/") else { return nil }
    let encoding = header.text("content-transfer-encoding")
    return inUTF8(TransferEncoding.decoded(body, encoding: encoding), charset: type.charset)
  }

  /// ISO 8859-1 becomes UTF-8; other bytes stay as they are.
  private static func inUTF8(_ bytes: [UInt8], charset: String?) -> [UInt8] {
    guard charset == "iso-8859-1" else { return bytes }
    return bytes.flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] }
  }

  /// The parts between the boundary lines (RFC 2046 section 5.1.1); the line end before a boundary belongs to it.
  private static func parts(of body: ArraySlice<UInt8>, boundary: [UInt8]) -> [ArraySlice<UInt8>] {
    let marker = Array("--".utf8) + boundary
    var (parts, start): ([ArraySlice<UInt8>], Int?) = ([], nil)
    var position = body.startIndex
    while position < body.endIndex {
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
