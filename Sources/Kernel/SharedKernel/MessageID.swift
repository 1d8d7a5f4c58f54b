/// The id of a send: 128 bits in 26 digits of Crockford's base 32 (the form of a ULID).
///
/// Three sources, told apart without looking anything up:
/// - drawn: 48 bits of milliseconds, 48 random bits, and a 32-bit tag over these and the sender;
/// - from a key: the hash of sender and key, with such a tag too;
/// - printed and given again as a key: it carries its sender's tag, so it names the same send. Keys are per sender, so no sender can occupy
///   another's.
package struct MessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: UInt128

  private init(number: UInt128) { self.number = number }

  /// The first 96 bits, with the tag that binds them to a sender.
  private init(tagging number: UInt128, for sender: Name) {
    self.number = (number >> 32) << 32 | MessageID.tag(of: number, for: sender)
  }

  /// Reads the 26 digits; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let number = Base32.decode(String(text)) else { return nil }
    self.init(number: number)
  }

  /// A new id. `random` needs six bytes.
  package init(sender: Name, at time: Timestamp, random: [UInt8]) {
    precondition(random.count >= 6)
    let noise = random.prefix(6).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    self.init(tagging: UInt128(truncatingIfNeeded: time.microseconds / 1000) << 80 | noise << 32, for: sender)
  }

  /// The id that a sender's idempotency key stands for.
  package init(sender: Name, key: String) {
    if let own = MessageID(key), own == MessageID(tagging: own.number, for: sender) {
      self = own
    } else {
      // Tagged as well, so that this id when it is printed and given again is recognised too.
      self.init(tagging: MessageID(hashing: "key\0\(sender)\0\(key)").number, for: sender)
    }
  }

  /// An id that some text in a namespace of its own stands for.
  package init(hashing text: String) {
    self.init(number: SHA256.digest(text).prefix(16).reduce(0) { $0 << 8 | UInt128($1) })
  }

  /// 32 bits that bind an id to its sender.
  private static func tag(of number: UInt128, for sender: Name) -> UInt128 {
    let digest = SHA256.digest("id\0\(sender)\0\(number >> 64)\0\(number >> 32 & 0xffff_ffff)")
    return digest.prefix(4).reduce(0) { $0 << 8 | UInt128($1) }
  }

  package var description: String { Base32.encode(number) }

  package static func < (left: MessageID, right: MessageID) -> Bool { left.number < right.number }
}
