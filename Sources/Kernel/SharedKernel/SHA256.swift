/// SHA-256 (FIPS 180-4). Used for identity (keys, fingerprints, the ledger's chain), not for secrets.
package struct SHA256 {
  private static let constants: [64 of UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]

  private var state: [8 of UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The bytes behind the last whole block of 64.
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  package init() {}

  package mutating func update(_ bytes: [UInt8]) { update(bytes.span) }
  package mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span) }
  package mutating func update(_ text: String) { update(Array(text.utf8).span) }

  private mutating func update(_ bytes: Span<UInt8>) {
    length += UInt64(bytes.count)
    var next = 0
    while next < bytes.count {
      if pending.isEmpty, bytes.count - next >= 64 {
        SHA256.compress(bytes.extracting(next..<next + 64), into: &state)
        next += 64
      } else {
        pending.append(bytes[next])
        next += 1
        compressPending()
      }
    }
  }

  private mutating func compressPending() {
    if pending.count < 64 { return }
    var words = state
    SHA256.compress(pending.span, into: &words)
    state = words
    pending.removeAll(keepingCapacity: true)
  }

  /// The 32 bytes of the digest.
  package consuming func finish() -> [UInt8] {
    let bits = length * 8
    pending.append(0x80)
    compressPending()
    while pending.count != 56 {
      pending.append(0)
      compressPending()
    }
    for shift in stride(from: 56, through: 0, by: -8) { pending.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
    compressPending()
    var digest: [UInt8] = []
    for index in state.indices {
      for shift in stride(from: 24, through: 0, by: -8) { digest.append(UInt8(truncatingIfNeeded: state[index] >> UInt32(shift))) }
    }
    return digest
  }

  package static func digest(_ text: String) -> [UInt8] { digest(Array(text.utf8)) }

  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Takes a block of 64 bytes into the state.
  private static func compress(_ block: Span<UInt8>, into state: inout [8 of UInt32]) {
    var schedule = [64 of UInt32](repeating: 0)
    for index in 0..<16 {
      let start = index * 4
      schedule[index] =
        UInt32(block[start]) << 24 | UInt32(block[start + 1]) << 16 | UInt32(block[start + 2]) << 8 | UInt32(block[start + 3])
    }
    for index in 16..<64 {
      let (early, late) = (schedule[index - 15], schedule[index - 2])
      let first = early.rotatedRight(7) ^ early.rotatedRight(18) ^ early >> 3
      let second = late.rotatedRight(17) ^ late.rotatedRight(19) ^ late >> 10
      schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
    }
    var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let first = e.rotatedRight(6) ^ e.rotatedRight(11) ^ e.rotatedRight(25)
      let step = h &+ first &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ schedule[index]
      let second = a.rotatedRight(2) ^ a.rotatedRight(13) ^ a.rotatedRight(22)
      let other = second &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ step, c, b, a, step &+ other)
    }
    let words: [8 of UInt32] = [a, b, c, d, e, f, g, h]
    for index in state.indices { state[index] &+= words[index] }
  }
}

extension UInt32 {
  fileprivate func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}

/// Lower-case hexadecimal digits of some bytes.
package func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
  var digits: [UInt8] = []
  for byte in bytes {
    for half in [byte >> 4, byte & 15] { digits.append(half + (half < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)) }
  }
  return String(decoding: digits, as: UTF8.self)
}

package func hexadecimal(_ bytes: [UInt8]) -> String { hexadecimal(bytes[...]) }
