/// A Content-Type value (RFC 2045 section 5.1), as far as showing text needs it.
struct ContentType {
  /// Lower case; `text/plain` where the header says nothing.
  let mediaType: String
  /// Lower case; nil where it is not given.
  let charset: String?
  /// What separates the parts of a multipart.
  let boundary: [UInt8]?

  init(_ value: [UInt8]?) {
    let sections = ContentType.sections(value ?? Array("text/plain".utf8))
    mediaType = String(decoding: sections[0], as: UTF8.self).lowercased()
    var parameters: [String: [UInt8]] = [:]
    for section in sections.dropFirst() {
      guard let equals = section.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(decoding: section[..<equals], as: UTF8.self).lowercased()
      parameters[name] = Array(section[(equals + 1)...])
    }
    charset = parameters["charset"].map { String(decoding: $0, as: UTF8.self).lowercased() }
    boundary = parameters["boundary"].flatMap { $0.isEmpty ? nil : $0 }
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
        sections.append(section)
        section = []
      } else if isQuoted || (byte != 32 && byte != 9) {
        section.append(byte)
      }
    }
    return sections + [section]
  }
}
