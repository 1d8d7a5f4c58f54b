internal import MessageFormat

/// A Content-Type or Content-Disposition value (RFC 2045 section 5.1, RFC 2183), as far as showing text needs it.
struct ContentType {
  /// Parameters beyond so many are not looked at.
  private static let maximumCount = 64

  /// Lower case; `text/plain` where the header says nothing.
  let mediaType: String
  private var parameters: [String: [UInt8]] = [:]

  init(_ value: [UInt8]?) {
    let sections = ContentType.sections(value ?? Array("text/plain".utf8))
    mediaType = String(decoding: sections[0], as: UTF8.self).lowercased()
    for section in sections.dropFirst().prefix(ContentType.maximumCount) {
      guard let equals = section.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(decoding: section[..<equals], as: UTF8.self).lowercased()
      if parameters[name] == nil { parameters[name] = Array(section[(equals + 1)...]) }
    }
  }

  /// Nil where it is not given.
  var charset: String? { bytes("charset").map { String(decoding: $0.value, as: UTF8.self) } }

  /// What separates the parts of a multipart.
  var boundary: [UInt8]? { bytes("boundary").flatMap { $0.value.isEmpty ? nil : $0.value } }

  /// A parameter as text: in pieces and character sets as RFC 2231 has it, else in the words of RFC 2047 that senders use instead.
  func text(_ name: String, unlabelled: Charset?) -> String? {
    guard let (value, label) = bytes(name), !value.isEmpty else { return nil }
    if let label { return String(decoding: Charset.utf8(value[...], in: label, unlabelled: unlabelled), as: UTF8.self) }
    return EncodedWord.decode(value, unlabelled: unlabelled)
  }

  /// A parameter's bytes, and the character set that it names itself, however it was written; nil where it is not given.
  private func bytes(_ name: String) -> (value: [UInt8], label: String?)? {
    var (bytes, label, found): ([UInt8], String?, Bool) = ([], nil, false)
    for piece in 0..<ContentType.maximumCount {
      // `name*` alone, or `name*0`, `name*1*`, ...
      let isWhole = piece == 0 && parameters["\(name)*"] != nil
      let encoded = isWhole ? parameters["\(name)*"] : parameters["\(name)*\(piece)*"]
      guard let value = encoded ?? parameters["\(name)*\(piece)"] else { break }
      found = true
      var rest = value[...]
      if piece == 0, encoded != nil {
        let parts = value.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3 { (label, rest) = (String(decoding: parts[0], as: UTF8.self), parts[2]) }
      }
      bytes += encoded == nil ? Array(rest) : ContentType.unescaped(rest)
      if isWhole { break }
    }
    return found ? (bytes, label) : parameters[name].map { ($0, nil) }
  }

  /// `%EA` is a byte.
  private static func unescaped(_ value: ArraySlice<UInt8>) -> [UInt8] {
    var (result, rest): ([UInt8], ArraySlice<UInt8>) = ([], value)
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        result.append(number)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// The value cut at semicolons outside quotes; comments, white space outside quotes and the quotes themselves left out.
  private static func sections(_ value: [UInt8]) -> [[UInt8]] {
    var (sections, section): ([[UInt8]], [UInt8]) = ([], [])
    var (isQuoted, isEscaped, isTokenStart, depth) = (false, false, true, 0)
    for byte in value {
      if isEscaped {
        if depth == 0 { section.append(byte) }
        isEscaped = false
      } else if byte == UInt8(ascii: "\\"), isQuoted || depth > 0 {
        isEscaped = true
      } else if depth > 0 {
        depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if isQuoted {
        section.append(byte)
      } else if byte == UInt8(ascii: "("), isTokenStart {
        // Inside a word it is a part of the name of a file that was not quoted.
        depth = 1
      } else if byte == UInt8(ascii: ";") {
        if sections.count > maximumCount { break }
        sections.append(section)
        section = []
      } else if byte != 32, byte != 9 {
        section.append(byte)
      }
      isTokenStart = depth == 0 && !isQuoted && (byte == 32 || byte == 9 || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ")"))
    }
    return sections + [section]
  }
}
