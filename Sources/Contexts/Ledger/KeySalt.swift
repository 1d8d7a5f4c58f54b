// What makes the key of a payment at a gateway its own: `ID-SALT`, and `ID-SALT-2`, … for the next payments of the same id.
//
// An id comes from a sender's name and key, and is the same in every spool in which that sender uses that key. Spools that share
// a gateway would share the payment: it would be made once for two messages, and given back to both. So each payment is asked for
// under a key with a salt that is drawn for it and recorded with it, in the intent that is durable before the gateway is called. From
// then on the record alone says the key: to recovery, to a refund, to a person who settles it.
//
//   found in the book                        the key
//   nothing                                  a new salt, recorded in PEND; then it is asked for
//   PEND, POST, REVQ … with a salt           that salt's
//   the same without one                     the id itself, `ID-2`, …: it was recorded before there were salts, and asked for so
//   DECL or VOID                             a new salt and the next number: an earlier key is never asked for again
//
// A crash before PEND is durable leaves nothing, as no gateway was called; after it, the record. There is no file of the spool's own
// that two first senders could make at once, a copy of a spool could bring along, or a new spool of the same name lack; and an id that
// the book has forgotten after its 35 days does not meet the payment of then, which the gateway may remember for ever.

internal import SharedKernel

package struct KeySalt: Hashable, Sendable, CustomStringConvertible {
  /// Random bytes that one is made of.
  package static let size = 8
  /// 60 bits: of a thousand spools that use the same id at the same gateway no two meet, and the key keeps within 40 characters, which
  /// providers have room for.
  package static let length = 12

  /// Digits of base 32, as in the id.
  private let digits: String

  /// From random bytes, `size` of them.
  package init(random: [UInt8]) {
    precondition(random.count >= KeySalt.size)
    let number = random.prefix(KeySalt.size).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    digits = String(Base32.encode(number).suffix(KeySalt.length))
  }

  /// Reads the digits; nil for anything else, also for other letters of the same value: the key is compared as text.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    let padding = String(repeating: "0", count: 26 - KeySalt.length)
    guard text.utf8.count == KeySalt.length, let number = Base32.decode(padding + text),
      Base32.encode(number) == padding + text
    else { return nil }
    digits = text
  }

  package var description: String { digits }
}
