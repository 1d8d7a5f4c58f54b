/// The lines of a text file, empty ones included, ended by LF or CRLF (which Swift counts as one character). A byte-order mark
/// at the front, which some editors write invisibly, is not part of the first line.
func lines(of text: String) -> [Substring] {
  let content = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
  return content.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
}

/// A line up to the `#` that stands at its front or behind white space.
func withoutComment(_ line: Substring) -> Substring {
  var previousIsSpace = true
  for index in line.indices {
    if line[index] == "#", previousIsSpace { return line[..<index] }
    previousIsSpace = line[index] == " " || line[index] == "\t"
  }
  return line
}
