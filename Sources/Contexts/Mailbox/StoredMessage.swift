internal import MessageFormat
package import SharedKernel

/// A message file as its place and name tell of it: nothing has been opened.
///
/// Readers of every kind rename files at any moment; what stays is the base name, by which a message is known.
package struct StoredMessage: Hashable, Sendable {
  /// The two folders of a Maildir that hold messages.
  package enum Place: String, CaseIterable, Sendable { case new, cur }

  package let place: Place
  /// The file's name when it was listed, byte for byte: it need not be UTF-8.
  package let nameBytes: [UInt8]
  /// The time the name begins with, where it has none the time the file was changed.
  package let delivered: Timestamp

  package init(place: Place, nameBytes: [UInt8], delivered: Timestamp) {
    (self.place, self.nameBytes, self.delivered) = (place, nameBytes, delivered)
  }

  package init(place: Place, name: String, delivered: Timestamp) {
    self.init(place: place, nameBytes: Array(name.utf8), delivered: delivered)
  }

  /// The name as it is shown: U+FFFD for what is not UTF-8.
  package var name: String { String(decoding: nameBytes, as: UTF8.self) }
  /// What stays of the name while readers rename the file (`baseLength`).
  package var baseBytes: ArraySlice<UInt8> { StoredMessage.base(ofName: nameBytes[...]) }
  /// The same as it is shown.
  package var base: String { String(decoding: baseBytes, as: UTF8.self) }

  package var flags: Flags { Flags(ofFile: name) }
  /// Unread: it is in `new/`, or in `cur/` without S.
  package var isUnread: Bool { place == .new || !flags.contains(.seen) }
  /// The id of the send, for a file of another program its base name.
  package var id: String { MaildirName.messageID(in: base).map { $0.description } ?? base }

  /// The id in the name of a file that is called so, as UTF-8: of ours the 26 digits between two dots (`MaildirName`), else the base name.
  static func id(ofName name: [UInt8]) -> [UInt8] {
    let base = name.prefix(baseLength(name.span))
    var front = base.firstIndex(of: UInt8(ascii: "."))
    if let dot = front, dot + 8 < base.count, base[dot + 1] == UInt8(ascii: "M"), base[dot + 8] == UInt8(ascii: ".") { front = dot + 8 }
    if let dot = front, dot > 0, dot + 27 < base.count, base[dot + 27] == UInt8(ascii: ".") {
      let digits = base[(dot + 1)..<(dot + 27)]
      if (48...55).contains(digits[dot + 1]), digits.allSatisfy(isDigit) { return Array(digits) }
    }
    let text = String(decoding: base, as: UTF8.self)
    return Array((MaildirName.messageID(in: text)?.description ?? text).utf8)
  }

  /// Digits of an id as we write them (Crockford's base 32 in capitals).
  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "O"), UInt8(ascii: "U"): false
    default: (48...57).contains(byte) || (65...90).contains(byte)
    }
  }

  /// The time of delivery that a file name begins with; nil where it does not begin with one.
  package static func delivered(inName name: borrowing Span<UInt8>) -> Timestamp? { MaildirName.delivered(name) }
}

extension StoredMessage: Comparable {
  /// Older first: by the time of delivery, then by the base name, bytewise, so that numbers do not depend on flags.
  package static func < (left: StoredMessage, right: StoredMessage) -> Bool {
    if left.delivered != right.delivered { return left.delivered < right.delivered }
    return left.baseBytes.lexicographicallyPrecedes(right.baseBytes)
  }
}
