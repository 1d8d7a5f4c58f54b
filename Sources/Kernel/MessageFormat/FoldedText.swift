/// Text as it is compared in a search: case folded, and one way of writing for what is the same letter in full width, half width, a
/// ligature, a circle or raised (NFKC_Casefold, Unicode Standard section 3.13). Marks are left apart or together, as they were: strings
/// and characters compare by canonical equivalence already.
package enum FoldedText {
  private struct Table {
    private var keys: [UInt32] = []
    private var ends: [Int] = []
    private var scalars: [Unicode.Scalar] = []

    init(_ digits: StaticString) {
      let bytes = unsafe Base64.decode(UnsafeBufferPointer(start: digits.utf8Start, count: digits.utf8CodeUnitCount)) ?? []
      for entry in bytes.split(separator: 0) {
        let text = String(decoding: entry, as: UTF8.self).unicodeScalars
        guard let key = text.first else { continue }
        keys.append(key.value)
        scalars += text.dropFirst()
        ends.append(scalars.count)
      }
    }

    /// Nil for a character that stands for itself.
    subscript(value: UInt32) -> ArraySlice<Unicode.Scalar>? {
      var (low, high) = (0, keys.count)
      while low < high {
        let middle = (low + high) / 2
        if keys[middle] < value { low = middle + 1 } else { high = middle }
      }
      guard low < keys.count, keys[low] == value else { return nil }
      return scalars[(low == 0 ? 0 : ends[low - 1])..<ends[low]]
    }
  }

  private static let table = Table(CompatibilityTable.digits)

  package static func fold(_ text: String) -> String {
    // Bytes: a string's view of scalars may be copied as a whole at each that is appended.
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x80: result.append((0x41...0x5a).contains(scalar.value) ? UInt8(scalar.value) | 0x20 : UInt8(scalar.value))
      // Han and the syllables of Hangul, which most texts here consist of, and what stands for bytes that are no text.
      case 0x4e00...0x9fff, 0xac00...0xd7a3, 0xfffd: result += UTF8.encode(scalar).map(Array.init) ?? []
      default:
        guard let parts = table[scalar.value] else {
          fold(scalar, into: &result)
          continue
        }
        for part in parts { fold(part, into: &result) }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func fold(_ scalar: Unicode.Scalar, into result: inout [UInt8]) {
    guard scalar.properties.changesWhenCaseFolded else {
      result += UTF8.encode(scalar).map(Array.init) ?? []
      return
    }
    for upper in scalar.properties.uppercaseMapping.unicodeScalars { result += Array(upper.properties.lowercaseMapping.utf8) }
  }
}
