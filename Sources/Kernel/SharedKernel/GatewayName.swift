/// What the configuration calls a gateway: `[A-Za-z0-9][A-Za-z0-9_-]{0,31}`. Safe as a file name and as a part of an account's.
package struct GatewayName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package static let maximumLength = 32
  /// Of the gateway whose command is named in `gateway` itself.
  package static let unnamed = GatewayName(checked: "default")

  package let text: String

  private init(checked text: String) { self.text = text }

  /// Nil when `text` is no name.
  package init?(_ text: some StringProtocol) {
    func isWord(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
    guard (1...GatewayName.maximumLength).contains(text.utf8.count), let first = text.utf8.first, isWord(first),
      text.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
    else { return nil }
    self.text = String(text)
  }

  package var description: String { text }

  package static func < (left: GatewayName, right: GatewayName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
