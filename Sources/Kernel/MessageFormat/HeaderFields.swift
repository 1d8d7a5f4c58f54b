/// The header of a message (RFC 5322 section 2.2), read leniently: whatever is no field is passed over.
/// Values are unfolded bytes; what they mean is decided by who reads them.
package struct HeaderFields: Sendable {
  package struct Field: Sendable {
    /// Lower case.
    package let name: String
    package let value: [UInt8]
  }

  /// No header of an honest message has so many; what follows is not kept.
  private static let maximumCount = 4096

  package private(set) var fields: [Field] = []
  /// Where the text begins: behind the empty line, or behind everything where there is none.
  package private(set) var bodyStart: Int

  /// Reads the header at the front of `bytes`. Lines end in LF or CRLF.
  package init(of bytes: [UInt8]) {
    bodyStart = bytes.count
    var position = 0
    /// In lower case.
    var name: [UInt8]?
    var value: [UInt8] = []
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: 10) ?? bytes.count
      var line = bytes[position..<end]
      if line.last == 13 { line.removeLast() }
      position = min(end + 1, bytes.count)
      if line.isEmpty {
        bodyStart = position
        break
      }
      if isSpace(line[line.startIndex]) {
        if name != nil { value += line }
        continue
      }
      finish(name, value)
      name = nil
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy({ $0 > 32 && $0 < 127 })
      else { continue }
      name = line[..<colon].map { (65...90).contains($0) ? $0 | 0x20 : $0 }
      value = Array(line[(colon + 1)...])
    }
    finish(name, value)
  }

  private mutating func finish(_ name: [UInt8]?, _ value: [UInt8]) {
    guard let name, fields.count < HeaderFields.maximumCount else { return }
    let trimmed = value.drop { $0 == 32 || $0 == 9 }
    let kept = trimmed.prefix(trimmed.lastIndex { $0 != 32 && $0 != 9 }.map { $0 - trimmed.startIndex + 1 } ?? 0)
    fields.append(Field(name: String(decoding: name, as: UTF8.self), value: Array(kept)))
  }

  /// The first field of that name (lower case), nil for none.
  package func bytes(_ name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }

  /// The first field of that name as text; bytes that are no UTF-8 become U+FFFD.
  package func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }
}
