/// The header of a message (RFC 5322 section 2.2), read leniently: whatever is no field is passed over.
/// Values are unfolded bytes; their reader decides what they mean.
package struct HeaderFields: Sendable {
  package struct Field: Sendable {
    /// Lower case.
    package let name: String
    package let value: [UInt8]
  }

  /// No header of an honest message has so many; of what follows only `wanted` is kept, the first of each.
  private static let maximumCount = 4096
  private static let wanted: Set<String> = [
    "from", "to", "subject", "date", "message-id", "in-reply-to", "content-type", "content-transfer-encoding", "content-disposition",
  ]

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

  /// Where the text begins behind the empty line, as `init` finds it; nil where the header goes on behind `bytes`.
  package static func end(in bytes: [UInt8]) -> Int? {
    var start = 0
    while let lineEnd = bytes[start...].firstIndex(of: 10) {
      let length = lineEnd - start
      if length == 0 || length == 1 && bytes[start] == 13 { return lineEnd + 1 }
      start = lineEnd + 1
    }
    return nil
  }

  private mutating func finish(_ name: [UInt8]?, _ value: [UInt8]) {
    guard let name = name.map({ String(decoding: $0, as: UTF8.self) }) else { return }
    if fields.count >= HeaderFields.maximumCount, !HeaderFields.wanted.contains(name) || bytes(name) != nil { return }
    let trimmed = value.drop { $0 == 32 || $0 == 9 }
    let kept = trimmed.prefix(trimmed.lastIndex { $0 != 32 && $0 != 9 }.map { $0 - trimmed.startIndex + 1 } ?? 0)
    fields.append(Field(name: name, value: Array(kept)))
  }

  /// The first field of that name (lower case), nil for none.
  package func bytes(_ name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }

  /// The first field of that name as text; bytes that are no UTF-8 become U+FFFD.
  package func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }
}
