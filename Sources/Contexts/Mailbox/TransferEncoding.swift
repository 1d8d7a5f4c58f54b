internal import MessageFormat

/// Content-Transfer-Encoding (RFC 2045 section 6): the bytes a body stands for.
enum TransferEncoding {
  /// Decoded by the encoding the header names; bytes as they are where it names none, or one that is not known.
  static func decoded(_ body: ArraySlice<UInt8>, encoding: String?) -> [UInt8] {
    // A comment may follow, and some senders write more than that.
    let name = encoding?.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.first
    return switch name {
    case "quoted-printable": quotedPrintable(body)
    case "base64", "x-base64": base64(body)
    default: Array(body)
    }
  }

  /// Whatever is no digit is passed over, as section 6.8 asks. Behind padding the data are over; mailing lists put a text there, which is
  /// shown as it is, unless more lines of such digits follow.
  private static func base64(_ body: ArraySlice<UInt8>) -> [UInt8] {
    let padding = body.firstIndex(of: UInt8(ascii: "="))
    var result = digits(body[..<(padding ?? body.endIndex)])
    guard let padding else { return result }
    let lines = body[padding...].drop { $0 == UInt8(ascii: "=") }.split(separator: 10, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = line.filter { $0 != 13 && $0 != 32 && $0 != 9 }
      if content.isEmpty { continue }
      let isData = content.count % 4 == 0 && content.allSatisfy { Base64.isDigit($0) || $0 == UInt8(ascii: "=") }
      if isData {
        result += digits(content[...])
      } else {
        if let last = result.last, last != 10 { result.append(10) }
        result += line.last == 13 ? line.dropLast() : line
        if index < lines.count - 1 { result.append(10) }
      }
    }
    return result
  }

  private static func digits(_ body: ArraySlice<UInt8>) -> [UInt8] { Base64.decode(body.filter { Base64.isDigit($0) }) ?? [] }

  /// `=` and two digits is a byte, `=` at the end of a line joins it with the next; any other `=` stays.
  private static func quotedPrintable(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(body.count)
    var rest = body
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        result.append(byte)
        continue
      }
      if let high = rest.first.flatMap(digit), let low = rest.dropFirst().first.flatMap(digit) {
        result.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else if let lineEnd = softLineBreak(rest) {
        rest = rest[lineEnd...]
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// Where the next line begins, when nothing but white space stands before its end.
  private static func softLineBreak(_ rest: ArraySlice<UInt8>) -> Int? {
    let end = rest.firstIndex { $0 != 32 && $0 != 9 && $0 != 13 } ?? rest.endIndex
    guard end < rest.endIndex else { return end }
    return rest[end] == 10 ? end + 1 : nil
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
    default: nil
    }
  }
}
