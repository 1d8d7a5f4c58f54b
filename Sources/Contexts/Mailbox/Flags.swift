internal import MessageFormat

/// The flags of a message in the form Maildir file names carry them: letters in ASCII order behind `:2,`.
/// Letters without a meaning here (Dovecot's keywords are lower case) are kept.
package struct Flags: Hashable, Sendable {
  /// The flags that have a meaning.
  package enum Flag: UInt8, CaseIterable, Sendable {
    case draft = 0x44  // D
    case flagged = 0x46  // F
    case passed = 0x50  // P
    case replied = 0x52  // R
    case seen = 0x53  // S
    case trashed = 0x54  // T
  }

  /// The letters, each once, in ASCII order.
  package private(set) var letters: [UInt8]

  package init(_ flags: Set<Flag> = []) { letters = flags.map { $0.rawValue }.sorted() }

  /// The flags in a file name; none where it has no `:2,`. What is no visible ASCII, or would make a path, is no flag.
  package init(ofFile name: String) {
    let bytes = Array(name.utf8)
    let info = MaildirName.startOfFlags(bytes.span).map { bytes[$0...] } ?? []
    letters = Set(info.filter { (33...126).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }).sorted()
  }

  package func contains(_ flag: Flag) -> Bool { letters.contains(flag.rawValue) }

  package mutating func set(_ flag: Flag, to isSet: Bool) {
    letters.removeAll { $0 == flag.rawValue }
    if isSet { letters = (letters + [flag.rawValue]).sorted() }
  }

  /// What a name in `cur/` ends in: `:2,` and the letters.
  package var suffix: String { ":2," + String(decoding: letters, as: UTF8.self) }
}

/// Flags to set and flags to take away; the others stay as they are.
package struct FlagChange: Hashable, Sendable {
  package var set: Set<Flags.Flag>
  package var cleared: Set<Flags.Flag>

  package init(set: Set<Flags.Flag> = [], cleared: Set<Flags.Flag> = []) { (self.set, self.cleared) = (set, cleared) }

  package func applied(to flags: Flags) -> Flags {
    var result = flags
    for flag in set { result.set(flag, to: true) }
    for flag in cleared { result.set(flag, to: false) }
    return result
  }
}
