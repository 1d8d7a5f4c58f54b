/// Crockford's base 32, as ULIDs use it: no I, L, O, U; upper and lower case mean the same.
package enum Base32 {
  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The 26 digits of a 128-bit number, most significant first.
  package static func encode(high: UInt64, low: UInt64) -> String {
    var text = [UInt8](repeating: 0, count: 26)
    var (high, low) = (high, low)
    for index in text.indices.reversed() {
      text[index] = digits[Int(low & 31)]
      low = low >> 5 | high << 59
      high >>= 5
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The number behind 26 digits; nil when there are not 26, one is no digit, or the number has more than 128 bits.
  package static func decode(_ text: String) -> (high: UInt64, low: UInt64)? {
    guard text.utf8.count == 26 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for byte in text.utf8 {
      let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
      guard let digit = digits.firstIndex(of: upper), high >> 59 == 0 else { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(digit)
    }
    return (high, low)
  }
}
