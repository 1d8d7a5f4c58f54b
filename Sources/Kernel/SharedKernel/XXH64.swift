/// XXH64 (xxhash.com, "xxHash fast digest algorithm", version 0.1.1): finds torn and flipped bytes in derived files at about eight
/// bytes a nanosecond, where CRC-32C in plain code takes more than a nanosecond for one. Not for what an attacker may choose.
package enum XXH64 {
  private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
  private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
  private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
  private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

  package static func hash(_ bytes: [UInt8], seed: UInt64) -> UInt64 { hash(bytes.span, seed: seed) }

  package static func hash(_ bytes: ArraySlice<UInt8>, seed: UInt64) -> UInt64 { hash(bytes.span, seed: seed) }

  package static func hash(_ bytes: borrowing Span<UInt8>, seed: UInt64) -> UInt64 {
    let raw = unsafe bytes.bytes
    let count = raw.byteCount
    var position = 0
    var value: UInt64
    if count >= 32 {
      var (one, two, three, four) = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
      while position + 32 <= count {
        one = round(one, word(raw, position))
        two = round(two, word(raw, position + 8))
        three = round(three, word(raw, position + 16))
        four = round(four, word(raw, position + 24))
        position += 32
      }
      value = rotate(one, 1) &+ rotate(two, 7) &+ rotate(three, 12) &+ rotate(four, 18)
      value = merge(merge(merge(merge(value, one), two), three), four)
    } else {
      value = seed &+ prime5
    }
    value &+= UInt64(count)
    while position + 8 <= count {
      value = rotate(value ^ round(0, word(raw, position)), 27) &* prime1 &+ prime4
      position += 8
    }
    if position + 4 <= count {
      let half = unsafe UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self))
      value = rotate(value ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
      position += 4
    }
    while position < count {
      value = rotate(value ^ UInt64(bytes[position]) &* prime5, 11) &* prime1
      position += 1
    }
    value = (value ^ value >> 33) &* prime2
    value = (value ^ value >> 29) &* prime3
    return value ^ value >> 32
  }

  private static func word(_ raw: RawSpan, _ position: Int) -> UInt64 {
    unsafe UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 { rotate(lane &+ input &* prime2, 31) &* prime1 }

  private static func merge(_ value: UInt64, _ lane: UInt64) -> UInt64 { (value ^ round(0, lane)) &* prime1 &+ prime4 }

  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value &<< bits | value &>> (64 &- bits) }
}
