import CommandLineTool

/// A part of a line, as bytes, with the columns that it takes. Most parts come from the view's bytes as they are and become no string.
struct ShownText {
  /// UTF-8 without control characters that a terminal would obey.
  let bytes: ArraySlice<UInt8>
  let columns: Int

  /// Text that was made visible where that is needed.
  init(_ text: String) { (bytes, columns) = (Array(text.utf8)[...], DisplayWidth.columns(of: text)) }

  /// Nil for bytes that have to be looked at as text: they hold control characters, marks, emoji, or no UTF-8.
  init?(ofBytes bytes: ArraySlice<UInt8>) {
    guard let columns = DisplayWidth.columns(ofSeparate: bytes.span) else { return nil }
    (self.bytes, self.columns) = (bytes, columns)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}
