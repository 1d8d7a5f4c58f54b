/// A line of a settings file that holds more than a comment. `#` at the start of a line or behind white space begins a comment.
struct SettingsLine {
  /// Without comment and without white space at its ends; never empty.
  let text: Substring
  /// The first line is 1.
  let number: Int
  /// File and line, for a complaint about it.
  let place: String

  var words: [String] { text.split(whereSeparator: SettingsLine.isSpace).map(String.init) }

  /// The lines of `text`, ended by LF or CRLF. A byte-order mark at the front, which some editors write invisibly, is not part of the first.
  static func all(in text: String, path: String) -> [SettingsLine] {
    let text = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
    // Swift counts CRLF as one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return lines.enumerated().compactMap { index, line in
      let content = trimmed(withoutComment(line))
      return content.isEmpty ? nil : SettingsLine(text: content, number: index + 1, place: "\(path):\(index + 1)")
    }
  }

  static func trimmed(_ text: Substring) -> Substring {
    let front = text.drop(while: isSpace)
    return front.lastIndex { !isSpace($0) }.map { front[...$0] } ?? ""
  }

  private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }

  private static func withoutComment(_ line: Substring) -> Substring {
    var previousIsSpace = true
    for index in line.indices {
      if line[index] == "#", previousIsSpace { return line[..<index] }
      previousIsSpace = isSpace(line[index])
    }
    return line
  }
}
