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

  /// Lower case; nil where it is not given.
  var charset: String? { parameters["charset"].map { String(decoding: $0, as: UTF8.self).lowercased() } }

  /// What separates the parts of a multipart.
  var boundary: [UInt8]? { parameters["boundary"].flatMap { $0.isEmpty ? nil : $0 } }

  /// A parameter as text: in pieces and character sets as RFC 2231 has it, else in the words of RFC 2047 that senders use instead.
  func text(_ name: String) -> String? {
    if let plain = parameters[name] { return EncodedWord.decode(plain) }
    var (bytes, charset): ([UInt8], String?) = ([], nil)
    for piece in 0..<ContentType.maximumCount {
      // `name*` alone, or `name*0`, `name*1*`, ...
      let isWhole = piece == 0 && parameters["\(name)*"] != nil
      let encoded = isWhole ? parameters["\(name)*"] : parameters["\(name)*\(piece)*"]
      guard let value = encoded ?? parameters["\(name)*\(piece)"] else { break }
      var rest = value[...]
      if piece == 0, encoded != nil {
        let parts = value.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3 { (charset, rest) = (String(decoding: parts[0], as: UTF8.self), parts[2]) }
      }
      bytes += encoded == nil ? Array(rest) : ContentType.unescaped(rest)
      if isWhole { break }
    }
    return bytes.isEmpty ? nil : String(decoding: Charset.utf8(bytes[...], in: charset), as: UTF8.self)
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

  /// The value cut at semicolons outside quotes, white space outside quotes and the quotes themselves left out.
  private static func sections(_ value: [UInt8]) -> [[UInt8]] {
    var (sections, section): ([[UInt8]], [UInt8]) = ([], [])
    var (isQuoted, isEscaped) = (false, false)
    for byte in value {
      if isEscaped {
        section.append(byte)
        isEscaped = false
      } else if isQuoted, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, byte == UInt8(ascii: ";") {
        if sections.count > maximumCount { break }
        sections.append(section)
        section = []
      } else if isQuoted || (byte != 32 && byte != 9) {
        section.append(byte)
      }
    }
    return sections + [section]
  }
}
