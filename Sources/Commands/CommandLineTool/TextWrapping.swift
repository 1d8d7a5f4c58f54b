/// Lines of text broken for a terminal: between words, which Hangul has too; Han and kana, which are written without spaces, anywhere.
package enum TextWrapping {
  /// The text with line ends where a line is wider than `width` columns. Lines with tabs stay as they are.
  package static func wrapped(_ text: String, to width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.contains("\t") || DisplayWidth.columns(of: String(line)) <= width ? String(line) : wrapped(line: line, to: width)
    }.joined(separator: "\n")
  }

  private static func wrapped(line: Substring, to width: Int) -> String {
    var (lines, current, used) = ([String](), "", 0)
    func trimmed(_ line: String) -> String {
      var line = line[...]
      while line.last == " " { line.removeLast() }
      return String(line)
    }
    for piece in pieces(of: line) {
      let columns = DisplayWidth.columns(of: piece)
      if piece.first != " ", used > 0, used + columns > width {
        lines.append(trimmed(current))
        (current, used) = ("", 0)
      }
      if columns <= width || piece.first == " " {
        current += piece
        used += columns
        continue
      }
      // A word that is wider than the terminal is broken where the edge is.
      for grapheme in piece {
        let columns = DisplayWidth.columns(of: String(grapheme))
        if used > 0, used + columns > width {
          lines.append(current)
          (current, used) = ("", 0)
        }
        current.append(grapheme)
        used += columns
      }
    }
    lines.append(trimmed(current))
    return lines.joined(separator: "\n")
  }

  /// Words and runs of spaces, in order; of what has no words each character.
  private static func pieces(of line: Substring) -> [String] {
    var pieces: [String] = []
    var previous: Character?
    for grapheme in line {
      let isSplit = previous.map { ($0 == " ") != (grapheme == " ") || standsAlone($0) || standsAlone(grapheme) } ?? true
      if isSplit { pieces.append(String(grapheme)) } else { pieces[pieces.count - 1].append(grapheme) }
      previous = grapheme
    }
    return pieces
  }

  private static func standsAlone(_ grapheme: Character) -> Bool {
    guard let scalar = grapheme.unicodeScalars.first else { return false }
    return scalar.properties.isIdeographic || (0x3041...0x30ff).contains(scalar.value)
  }
}
