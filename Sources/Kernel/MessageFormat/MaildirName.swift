package import SharedKernel

/// File names in a Maildir (cr.yp.to/proto/maildir.html, with Dovecot's `,S=`).
package enum MaildirName {
  /// `<seconds>.M<microseconds>.<id>.<host>,S=<bytes>`: the time of delivery first, so that names sort by it.
  package static func base(id: MessageID, delivered: Timestamp, host: String, size: Int) -> String {
    let microseconds = padded(Int(delivered.microseconds - delivered.seconds * 1_000_000), 6)
    return "\(delivered.seconds).M\(microseconds).\(id).\(escape(host: host)),S=\(size)"
  }

  /// The host as it may stand in a name: `/` and `:` as the Maildir specification writes them, and whatever else
  /// would end the name, hide the file or leave ASCII as an underscore.
  package static func escape(host: String) -> String {
    String(
      host.unicodeScalars.prefix(128).map { scalar -> String in
        switch scalar {
        case "/": "\\057"
        case ":": "\\072"
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".": String(scalar)
        default: "_"
        }
      }.joined())
  }

  /// What stands before the flags of a name.
  package static func beforeFlags(of name: String) -> Substring {
    name[..<(name.utf8.firstIndex(of: UInt8(ascii: ":")) ?? name.endIndex)]
  }

  /// How many bytes of a name stand before its flags.
  package static func lengthBeforeFlags(_ name: borrowing Span<UInt8>) -> Int {
    var length = 0
    while length < name.count, name[length] != UInt8(ascii: ":") { length += 1 }
    return length
  }

  /// Where the letters behind `:2,` begin; nil for a name without them.
  package static func startOfFlags(_ name: borrowing Span<UInt8>) -> Int? {
    let base = lengthBeforeFlags(name)
    guard base + 2 < name.count, name[base + 1] == UInt8(ascii: "2"), name[base + 2] == UInt8(ascii: ",") else { return nil }
    return base + 3
  }

  /// Whether a name in `cur/` has the flag S: a reader has shown the message.
  package static func isSeen(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return startOfFlags(bytes.span).map { bytes[$0...].contains(UInt8(ascii: "S")) } ?? false
  }

  /// The id in a name that msgspool made, with the microseconds or, as earlier versions did, without; nil for a file of another program.
  package static func messageID(in name: String) -> MessageID? {
    let parts = name.split(separator: ".", maxSplits: 3)
    if parts.count == 4, parts[1].utf8.first == UInt8(ascii: "M"), let id = MessageID(parts[2]) { return id }
    return parts.count >= 3 ? MessageID(parts[1]) : nil
  }

  /// The time of delivery in a name; nil where the name does not begin with seconds. Microseconds count
  /// where they are told as most programs that deliver do: behind the seconds, as `M` and digits (Exim: `H`). Without them it is the start of
  /// the second.
  package static func delivered(_ name: borrowing Span<UInt8>) -> Timestamp? {
    var (index, seconds) = (0, Int64(0))
    // Twelve digits last beyond the year 30000; more is some other number.
    while index < name.count, index < 13, isDigit(name[index]) {
      seconds = seconds * 10 + Int64(name[index] - 48)
      index += 1
    }
    guard (1...12).contains(index), index < name.count, name[index] == UInt8(ascii: ".") else { return nil }
    return Timestamp(microseconds: seconds * 1_000_000 + microseconds(name, from: index + 1))
  }

  /// The microseconds in the part of a name between its first two dots: letters that say what follows them, and hexadecimal digits.
  private static func microseconds(_ name: borrowing Span<UInt8>, from start: Int) -> Int64 {
    // Names of earlier versions have an id there, which begins with a digit.
    guard start < name.count, !isDigit(name[start]) else { return 0 }
    var index = start
    if name[start] != UInt8(ascii: "H") {
      while index < name.count, name[index] != UInt8(ascii: "."), name[index] != UInt8(ascii: "M") { index += 1 }
      guard index < name.count, name[index] == UInt8(ascii: "M") else { return 0 }
    }
    let first = index + 1
    var number = Int64(0)
    index = first
    while index < name.count, index - first < 7, isDigit(name[index]) {
      number = number * 10 + Int64(name[index] - 48)
      index += 1
    }
    return number < 1_000_000 ? number : 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
