/// Characters by their place in a table of UTF-16 that is kept in base 64.
///
/// glibc's iconv(3) loads its tables as shared objects, which a static program cannot, so they are part of the program; each is read
/// when the first text of its character set comes.
struct CharacterTable {
  private let bytes: [UInt8]

  /// The digits of one table, or of the parts of one.
  init(_ digits: StaticString...) {
    bytes = digits.flatMap { unsafe Base64.decode(UnsafeBufferPointer(start: $0.utf8Start, count: $0.utf8CodeUnitCount)) ?? [] }
  }

  /// Nil where nothing stands.
  func character(_ index: Int) -> Unicode.Scalar? {
    guard index >= 0, index * 2 + 1 < bytes.count else { return nil }
    let unit = UInt16(bytes[index * 2]) << 8 | UInt16(bytes[index * 2 + 1])
    return unit == 0 ? nil : Unicode.Scalar(unit)
  }
}

/// Character sets of one byte of which the lower half is ASCII.
enum SingleByteText {
  private static let table = CharacterTable(SingleByteTable.digits)

  /// The text in UTF-8, U+FFFD for what stands for nothing; nil for a character set that is none of these.
  static func decode(_ bytes: ArraySlice<UInt8>, in name: String) -> [UInt8]? {
    guard let index = SingleByteTable.names.firstIndex(of: name) else { return nil }
    var text = String.UnicodeScalarView()
    for byte in bytes {
      text.append(byte < 0x80 ? Unicode.Scalar(byte) : table.character(index * 128 + Int(byte) - 0x80) ?? "\u{fffd}")
    }
    return Array(String(text).utf8)
  }
}
