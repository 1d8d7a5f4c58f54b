/// The name of a user or account: `[A-Za-z0-9+][A-Za-z0-9._+-]{0,63}`. Safe as a file name, a header word and an
/// argument; names compare exactly, byte by byte.
package struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
  package static let maximumLength = 64
  package let text: String

  /// Nil when `text` is no name.
  package init?(_ text: some StringProtocol) { self.init(checking: String(text)) }

  private init?(checking text: String) {
    let bytes = text.utf8
    guard (1...Name.maximumLength).contains(bytes.count), let first = bytes.first, Name.mayStart(first),
      bytes.allSatisfy({ Name.mayStart($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
    else { return nil }
    self.text = text
  }

  private static func mayStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "+"):
      true
    default: false
    }
  }

  package var description: String { text }

  package static func < (left: Name, right: Name) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }
}
