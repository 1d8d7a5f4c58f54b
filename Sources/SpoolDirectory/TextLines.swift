/// The lines of a text file, empty ones included, ended by LF or CRLF (which Swift counts as one character).
func lines(of text: String) -> [Substring] {
  text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
}
