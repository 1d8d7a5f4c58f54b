extension Unicode.Scalar {
  /// U+0000 to U+001F and U+007F to U+009F.
  package var isControl: Bool { properties.generalCategory == .control }
}

extension StringProtocol {
  package var hasControlCharacters: Bool { unicodeScalars.contains { $0.isControl } }
}
