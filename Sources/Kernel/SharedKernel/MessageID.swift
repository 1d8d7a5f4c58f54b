/// The id of a send: 128 bits in 26 digits of Crockford's base 32 (the form of a ULID).
///
/// Three sources, told apart without looking anything up:
/// - drawn: 48 bits of milliseconds, 48 random bits, and a 32-bit tag over these and the sender;
/// - from a key: the hash of sender and key, with such a tag too;
/// - printed and given again as a key: it carries its sender's tag, so it names the same send. Keys are per sender, so nobody can occupy
///   another's.
package struct MessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  private init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  /// Reads the 26 digits; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let (high, low) = Base32.decode(String(text)) else { return nil }
    self.init(high: high, low: low)
  }

  /// A new id. `random` needs six bytes.
  package init(sender: Name, at time: Timestamp, random: [UInt8]) {
    precondition(random.count >= 6)
    let noise = random.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let high = UInt64(bitPattern: time.microseconds / 1000) << 16 | noise >> 32
    self.init(high: high, low: noise << 32 | MessageID.tag(sender: sender, high: high, noise: noise))
  }

  /// The id that a sender's idempotency key stands for.
  package init(sender: Name, key: String) {
    if let own = MessageID(key), own.low & 0xffff_ffff == MessageID.tag(sender: sender, high: own.high, noise: own.low >> 32) {
      self = own
    } else {
      // Tagged as well, so that this id when it is printed and given again is recognised too.
      let hash = MessageID(hashing: "key\0\(sender)\0\(key)")
      let noise = hash.low >> 32
      self.init(high: hash.high, low: noise << 32 | MessageID.tag(sender: sender, high: hash.high, noise: noise))
    }
  }

  /// An id that some text in a namespace of its own stands for.
  package init(hashing text: String) {
    let digest = SHA256.digest(text)
    func number(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: number(0..<8), low: number(8..<16))
  }

  /// 32 bits that bind an id to its sender.
  private static func tag(sender: Name, high: UInt64, noise: UInt64) -> UInt64 {
    let digest = SHA256.digest("id\0\(sender)\0\(high)\0\(noise & 0xffff_ffff)")
    return digest.prefix(4).reduce(0) { $0 << 8 | UInt64($1) }
  }

  package var description: String { Base32.encode(high: high, low: low) }

  package static func < (left: MessageID, right: MessageID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
