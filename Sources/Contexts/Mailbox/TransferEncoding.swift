internal import MessageFormat

/// Content-Transfer-Encoding (RFC 2045 section 6): the bytes a body stands for.
enum TransferEncoding {
  /// Decoded by the encoding the header names; bytes as they are where it names none, or one that is not known.
  static func decoded(_ body: ArraySlice<UInt8>, encoding: String?) -> [UInt8] {
    switch encoding?.lowercased() {
    case "quoted-printable": quotedPrintable(body)
    case "base64": base64(body)
    default: Array(body)
    }
  }

  /// Whatever is no digit is passed over, as section 6.8 asks.
  private static func base64(_ body: ArraySlice<UInt8>) -> [UInt8] {
    let digits = body.filter { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "+"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    return Base64.decode(digits) ?? []
  }

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
