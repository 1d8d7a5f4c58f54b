/// Crockford's base 32, as ULIDs use it: no I, L, O, U; upper and lower case mean the same.
package enum Base32 {
  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The 26 digits of a 128-bit number, most significant first.
  package static func encode(_ number: UInt128) -> String {
    var text = [UInt8](repeating: 0, count: 26)
    var rest = number
    for index in text.indices.reversed() {
      text[index] = digits[Int(rest & 31)]
      rest >>= 5
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The number behind 26 digits; nil when there are not 26, one is no digit, or the number has more than 128 bits.
  package static func decode(_ text: String) -> UInt128? {
    guard text.utf8.count == 26 else { return nil }
    var number: UInt128 = 0
    for byte in text.utf8 {
      let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
      guard let digit = digits.firstIndex(of: upper), number >> 123 == 0 else { return nil }
      number = number << 5 | UInt128(digit)
    }
    return number
  }
}
