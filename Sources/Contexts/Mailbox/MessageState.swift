internal import MessageFormat

/// What the place and the name of a message file say of it: everything about a message that may change.
package struct MessageState: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It stands in `new/`: no reader has touched it.
  package static let new = MessageState(rawValue: 1)
  /// Unread: it is in `new/`, or in `cur/` without S.
  package static let unread = MessageState(rawValue: 2)
  package static let flagged = MessageState(rawValue: 4)
  package static let replied = MessageState(rawValue: 8)

  /// Reads place and name; letters count behind `:2,` alone.
  package init(_ place: StoredMessage.Place, name: borrowing Span<UInt8>) {
    self = place == .new ? [.new, .unread] : .unread
    guard var index = MaildirName.startOfFlags(name) else { return }
    while index < name.count {
      switch name[index] {
      case UInt8(ascii: "S"): if place == .cur { remove(.unread) }
      case UInt8(ascii: "F"): insert(.flagged)
      case UInt8(ascii: "R"): insert(.replied)
      default: break
      }
      index += 1
    }
  }
}

extension StoredMessage {
  /// How many bytes of a file name stay while readers rename the file: those before the first colon, without the `,U=` and digits
  /// at their end by which mbsync numbers what it has synchronised.
  package static func baseLength(_ name: borrowing Span<UInt8>) -> Int {
    let whole = MaildirName.lengthBeforeFlags(name)
    var length = whole
    while length > 0, (48...57).contains(name[length - 1]) { length -= 1 }
    guard length < whole, length > 3, name[length - 1] == UInt8(ascii: "="), name[length - 2] == UInt8(ascii: "U"),
      name[length - 3] == UInt8(ascii: ",")
    else { return whole }
    return length - 3
  }

  package static func base(ofName name: ArraySlice<UInt8>) -> ArraySlice<UInt8> { name.prefix(baseLength(name.span)) }
}
