internal import MessageFormat
internal import SharedKernel

/// A message file as its place and name tell of it: nothing has been opened.
///
/// Readers of every kind rename files at any moment; what stays is the base name, by which a message is known.
package struct StoredMessage: Hashable, Sendable {
  /// The two folders of a Maildir that hold messages.
  package enum Place: String, CaseIterable, Sendable { case new, cur }

  package let place: Place
  /// The file's name when it was listed.
  package let name: String
  /// Seconds since the epoch: the number the name begins with, where it has none the time the file was changed.
  package let delivered: Int64

  /// What stays of the name while readers rename the file.
  package let base: String

  package init(place: Place, name: String, delivered: Int64) {
    (self.place, self.name, self.delivered) = (place, name, delivered)
    base = String(MaildirName.base(of: name))
  }

  package var flags: Flags { Flags(ofFile: name) }
  /// Nobody has read it: it is in `new/`, or in `cur/` without S.
  package var isUnread: Bool { StoredMessage.isUnread(place, name) }
  /// The id of the send, for a file of another program its base name.
  package var id: String { MaildirName.messageID(in: base).map(\.description) ?? base }

  package static func isUnread(_ place: Place, _ name: String) -> Bool {
    place == .new || !Flags(ofFile: name).contains(.seen)
  }

  /// The delivery time in a file name, in seconds; nil where the name does not begin with one.
  package static func delivered(inName name: String) -> Int64? {
    let digits = name.utf8.prefix { (48...57).contains($0) }
    // Twelve digits last beyond the year 30000; more is some other number.
    guard (1...12).contains(digits.count), name.utf8.dropFirst(digits.count).first == UInt8(ascii: ".") else { return nil }
    return Int64(String(digits) ?? "")
  }
}

extension StoredMessage: Comparable {
  /// Older first: by the second of delivery, then by the base name, bytewise, so that numbers do not depend on flags.
  package static func < (left: StoredMessage, right: StoredMessage) -> Bool {
    if left.delivered != right.delivered { return left.delivered < right.delivered }
    return left.base.utf8.lexicographicallyPrecedes(right.base.utf8)
  }
}
