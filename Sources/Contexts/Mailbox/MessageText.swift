package import MessageFormat

/// The text of a message as a person reads it: decoded, in UTF-8, the parts that are text one behind the other, a line for each
/// that is not. A text of ours comes out byte for byte as it was sent.
package enum MessageText {
  /// The text of a whole message file, or of as much of it as was read, of `size` bytes in all. What names no character set
  /// and is no UTF-8 is taken for `unlabelled`.
  package static func text(ofMessage bytes: [UInt8], size: Int? = nil, unlabelled: Charset? = nil) -> [UInt8] {
    let header = HeaderFields(of: bytes)
    return text(ofMessage: bytes, header, size: size ?? bytes.count, unlabelled: unlabelled)
  }

  /// The same, with the header read already.
  static func text(ofMessage bytes: [UInt8], _ header: HeaderFields, size: Int, unlabelled: Charset?) -> [UInt8] {
    let body = bytes[header.bodyStart...]
    var reader = PartReader(unlabelled: unlabelled)
    let pieces = reader.pieces(header, body, size: size - header.bodyStart)
    // Where no part can be read the body is shown as it stands: better than nothing.
    return pieces.isEmpty ? Array(body) : PartReader.text(of: pieces)
  }

  /// The character set that the body names, or that of the first part of it that names one; nil for none.
  static func charset(_ header: HeaderFields, _ body: ArraySlice<UInt8>, depth: Int = 0) -> Charset? {
    let type = ContentType(header.bytes("content-type"))
    if let label = type.charset { return Charset(label) }
    guard type.mediaType.hasPrefix("multipart/"), let boundary = type.boundary, depth < PartReader.maximumDepth else { return nil }
    for part in PartReader.parts(of: body, boundary: boundary).prefix(PartReader.maximumDepth) {
      let bytes = Array(part)
      let inner = HeaderFields(of: bytes)
      if let charset = charset(inner, bytes[inner.bodyStart...], depth: depth + 1) { return charset }
    }
    return nil
  }
}
