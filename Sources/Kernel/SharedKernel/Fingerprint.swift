/// What the content of a request is recognised by: the same key with the same fingerprint is the same request.
/// The first 64 bits of a SHA-256 in hexadecimal.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Over parts that are kept apart by their lengths, so that no two lists of parts run together.
  package init(of parts: [[UInt8]]) {
    var hash = SHA256()
    for part in parts {
      hash.update("\(part.count):")
      hash.update(part)
    }
    text = hexadecimal(hash.finish().prefix(8))
  }

  /// Reads the 16 digits; nil for anything else.
  package init?(_ text: some StringProtocol) {
    self.init(checking: String(text))
  }

  private init?(checking text: String) {
    guard text.utf8.count == 16, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
    self.text = text
  }

  package var description: String { text }
}
