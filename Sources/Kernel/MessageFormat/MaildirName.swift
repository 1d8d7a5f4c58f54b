package import SharedKernel

/// File names in a Maildir (cr.yp.to/proto/maildir.html, with Dovecot's `,S=`).
package enum MaildirName {
  /// `<seconds>.<id>.<host>,S=<bytes>`: the time of delivery first, so that names sort by it.
  package static func base(id: MessageID, delivered: Timestamp, host: String, size: Int) -> String {
    "\(delivered.seconds).\(id).\(escape(host: host)),S=\(size)"
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

  /// Whether a name in `cur/` has the flag S: a reader has shown the message.
  package static func isSeen(_ name: String) -> Bool {
    let flags = name[beforeFlags(of: name).endIndex...]
    return flags.hasPrefix(":2,") && flags.utf8.dropFirst(3).contains(UInt8(ascii: "S"))
  }

  /// The id in a name that msgspool made; nil for a file of another program.
  package static func messageID(in name: String) -> MessageID? {
    let parts = name.split(separator: ".", maxSplits: 2)
    return parts.count == 3 ? MessageID(parts[1]) : nil
  }
}
