internal import SharedKernel

/// A person's remark on a payment.
package enum Memo {
  /// Whether a text may be one: it stays on its line wherever it is shown, and moves no cursor.
  package static func isPlain(_ text: String) -> Bool { !text.unicodeScalars.contains(where: { $0.affectsLines }) }
}

extension Unicode.Scalar {
  /// Whether it is no sign, but does something to a line: a control character or a separator of lines.
  var affectsLines: Bool { isControl || [.lineSeparator, .paragraphSeparator].contains(properties.generalCategory) }
}
