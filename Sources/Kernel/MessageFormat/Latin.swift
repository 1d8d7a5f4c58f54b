/// The character sets of Western Europe, which differ from Unicode's first 256 characters in a few.
enum Latin {
  /// Windows-1252 where it differs from ISO 8859-1: bytes 80 to 9F (encoding.spec.whatwg.org).
  private static let windows: [UInt16] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
  ]
  /// ISO 8859-15 where it differs from ISO 8859-1.
  private static let latin9: [(UInt8, UInt16)] = [
    (0xa4, 0x20ac), (0xa6, 0x160), (0xa8, 0x161), (0xb4, 0x17d), (0xb8, 0x17e), (0xbc, 0x152), (0xbd, 0x153), (0xbe, 0x178),
  ]

  /// Windows-1252, which is also meant by senders that say ISO 8859-1 and use 80 to 9F.
  static func decodeWindows(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    decode(bytes) { (0x80...0x9f).contains($0) ? windows[Int($0 - 0x80)] : UInt16($0) }
  }

  static func decodeLatin9(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    decode(bytes) { byte in latin9.first { $0.0 == byte }?.1 ?? UInt16(byte) }
  }

  private static func decode(_ bytes: ArraySlice<UInt8>, _ unit: (UInt8) -> UInt16) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 4)
    for byte in bytes {
      if byte < 0x80 {
        result.append(byte)
      } else if let scalar = Unicode.Scalar(unit(byte)) {
        result += String(Character(scalar)).utf8
      }
    }
    return result
  }
}
