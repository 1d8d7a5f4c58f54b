internal import MessageFormat

/// Words that are looked for in texts, case and width ignored (`FoldedText`). What looks the same is the same: `é` is found whether it is one
/// character or an `e` and an accent, and so is Hangul that a Mac has taken apart (Unicode Standard Annex 15).
struct SearchWords {
  private let bytes: [UInt8]
  private let characters: [Character]
  private let isComposed: Bool
  private let isASCII: Bool

  init(_ words: String) {
    let small = FoldedText.fold(words)
    (bytes, characters) = (Array(small.utf8), Array(small))
    isASCII = bytes.allSatisfy { $0 < 0x80 }
    isComposed = SearchWords.isComposed(bytes)
  }

  func occur(in text: String) -> Bool {
    let small = FoldedText.fold(text)
    let bytes = Array(small.utf8)
    if SearchWords.find(self.bytes, in: bytes) { return true }
    // What is ASCII looks like nothing else. Characters are compared by canonical equivalence, which takes
    // much longer.
    if isASCII || isComposed && SearchWords.isComposed(bytes) { return false }
    return SearchWords.find(characters, in: Array(small))
  }

  /// Whether no character may have been taken apart: nothing in it is from a block that has marks or letters to be put together.
  private static func isComposed(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() where byte >= 0xcc {
      switch byte {
      // Combining marks to U+036F; Hebrew, Arabic, Syriac; the scripts of South Asia.
      case 0xcc, 0xcd, 0xd6...0xdf, 0xe0: return false
      // U+1000 to U+1FFF has the letters of Hangul; U+3099 and U+309A voice Japanese syllables.
      case 0xe1: return false
      case 0xe3 where index + 2 < bytes.count && bytes[index + 1] == 0x82 && (0x99...0x9a).contains(bytes[index + 2]): return false
      default: continue
      }
    }
    return true
  }

  /// What `contains` of the standard library does; that is generic code, which took 140 times as long for a kilobyte of text.
  private static func find<Unit: Equatable>(_ wanted: [Unit], in text: [Unit]) -> Bool {
    guard let first = wanted.first else { return true }
    var rest = text[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: wanted) { return true }
      rest.removeFirst()
    }
    return false
  }
}
