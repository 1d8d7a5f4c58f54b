/// A person's remark on a payment.
package enum Memo {
  /// Whether a text may be one: it stays on its line wherever it is shown, and moves no cursor.
  package static func isPlain(_ text: String) -> Bool { !text.unicodeScalars.contains(where: \.isControl) }
}

extension Unicode.Scalar {
  /// Whether it is no sign, but does something to a line: a control character or a separator of lines.
  var isControl: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
