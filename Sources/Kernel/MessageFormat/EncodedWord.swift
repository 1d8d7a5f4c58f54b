/// Non-ASCII text in header fields (RFC 2047).
package enum EncodedWord {
  /// Bytes of UTF-8 in one word: 45 make 60 digits of base 64, so a word stays within the 75 characters allowed.
  private static let bytesPerWord = 45

  /// `text` as a field value: itself where it is short printable ASCII that cannot be mistaken, else base-64 words, folded.
  package static func encode(_ text: String) -> String {
    let isPlain =
      text.utf8.count <= 200 && text.utf8.allSatisfy { (32..<127).contains($0) } && !text.contains("=?")
      && text.utf8.first != 32 && text.utf8.last != 32
    if isPlain { return text }
    var words: [String] = []
    var part: [UInt8] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if part.count + bytes.count > bytesPerWord {
        words.append("=?UTF-8?B?\(Base64.encode(part))?=")
        part = []
      }
      part += bytes
    }
    words.append("=?UTF-8?B?\(Base64.encode(part))?=")
    return words.joined(separator: "\n ")
  }

  /// Bytes of the longest word that is looked for; the RFC allows 75, senders write some more.
  private static let longestWord = 1024

  /// The text of a field value, its words decoded; those in a character set that is not known left as they are; white space between two
  /// words is dropped (section 6.2). `unlabelled` is asked for the character set of bytes between words that are no UTF-8.
  package static func decode(_ value: [UInt8], unlabelled: @autoclosure () -> Charset? = nil) -> String {
    var result: [UInt8] = []
    var plain: [UInt8] = []
    // Words of one character set that stand behind each other. Senders cut them inside a character, and leave a shift state to the next
    // word, both of which RFC 2047 forbids: they are decoded together.
    var words: (charset: Charset, content: [UInt8])?
    func endWords() {
      if let ended = words { result += ended.charset.utf8(ended.content[...]) }
      words = nil
    }
    func endPlain() {
      result += Charset.utf8(plain[...], in: nil, unlabelled: unlabelled())
      plain = []
    }
    var position = 0
    while position < value.count {
      guard value[position] == UInt8(ascii: "="), let word = EncodedWord.word(in: value, at: position) else {
        plain.append(value[position])
        position += 1
        continue
      }
      if let before = words, plain.allSatisfy({ $0 == 32 || $0 == 9 }) {
        plain = []
        if before.charset == word.charset { words?.content += word.content } else { endWords() }
      } else {
        endWords()
        endPlain()
      }
      if words == nil { words = (word.charset, word.content) }
      position = word.end
    }
    endWords()
    endPlain()
    return String(decoding: result, as: UTF8.self)
  }

  private static func word(in value: [UInt8], at start: Int) -> (content: [UInt8], charset: Charset, end: Int)? {
    guard value.count > start + 1, value[start + 1] == UInt8(ascii: "?") else { return nil }
    let fields = value[(start + 2)...].prefix(longestWord).split(
      separator: UInt8(ascii: "?"), maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count == 4, fields[3].first == UInt8(ascii: "="), fields[1].count == 1,
      !fields[2].contains(where: { $0 == 32 || $0 == 9 })
    else { return nil }
    // Behind a `*` stands a language (RFC 2231 section 5).
    let label = String(decoding: fields[0].prefix { $0 != UInt8(ascii: "*") }, as: UTF8.self)
    let content: [UInt8]? =
      switch fields[1].first {
      case UInt8(ascii: "B"), UInt8(ascii: "b"): Base64.decode(fields[2])
      case UInt8(ascii: "Q"), UInt8(ascii: "q"): quotedPrintable(fields[2])
      default: nil
      }
    guard let content, let charset = Charset(label.isEmpty ? "utf-8" : label) else { return nil }
    return (content, charset, fields[3].startIndex + 1)
  }

  private static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "_") {
        result.append(32)
      } else if byte == UInt8(ascii: "="), rest.count >= 2,
        let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        result.append(number)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
