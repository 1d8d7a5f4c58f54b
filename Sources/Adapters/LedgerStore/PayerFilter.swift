internal import Ledger
internal import SharedKernel

/// Which payers a block of records may have entries of: a Bloom filter (Bloom, "Space/time trade-offs in hash coding with allowable
/// errors", 1970). "No" is certain; "perhaps" is wrong once in some 400 times where every record of the block has another payer.
struct PayerFilter {
  /// Records a block, from a multiple of it on.
  static let block = 256
  /// Bytes in the file: a checksum, four zeros, and the bits.
  static let length = 512
  private static let hashes = 4

  /// From 0 to its end, or a part of what was read.
  private var bits: ArraySlice<UInt8>

  init() { bits = [UInt8](repeating: 0, count: PayerFilter.length - 8)[...] }

  mutating func insert(_ payer: PayerHash) {
    for bit in positions(of: payer) { bits[bits.startIndex + bit / 8] |= 1 << UInt8(bit % 8) }
  }

  func mayHave(_ payer: PayerHash) -> Bool {
    positions(of: payer).allSatisfy { bits[bits.startIndex + $0 / 8] & 1 << UInt8($0 % 8) != 0 }
  }

  /// Two halves of one hash make as many positions as are wanted (Kirsch and Mitzenmacher, 2006).
  private func positions(of payer: PayerHash) -> some Sequence<Int> {
    let (first, second) = (payer.value & 0xffff_ffff, payer.value >> 32 | 1)
    let count = UInt64(bits.count * 8)
    return (0..<UInt64(PayerFilter.hashes)).lazy.map { Int((first + $0 * second) % count) }
  }

  /// As it is in the file. `records` stands for what it is a filter of, so that one of other records is as bad as a damaged one.
  func encode(_ records: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(PayerFilter.checksum(bits, records)))
    return bytes + bits
  }

  /// Nil for bytes that were not written for these records.
  init?(decoding bytes: ArraySlice<UInt8>, _ records: [UInt8]) {
    guard bytes.count == PayerFilter.length else { return nil }
    bits = bytes.dropFirst(8)
    guard bytes.span.number64(0) == UInt64(PayerFilter.checksum(bits, records)) else { return nil }
  }

  private static func checksum(_ content: ArraySlice<UInt8>, _ records: [UInt8]) -> UInt32 {
    ~CRC32C.update(CRC32C.update(.max, records.span), content.span)
  }
}

/// A payer's name as a number; two names may share one.
struct PayerHash: Hashable {
  /// FNV-1a, and then a mixing, because the low bits of names that begin alike are alike.
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  private init() {}

  init(_ payer: Name) {
    for byte in payer.text.utf8 { add(byte) }
    mix()
  }

  private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  private mutating func mix() {
    value = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
    value ^= value >> 33
  }

  /// The word that begins there and ends at a space, or after `width` bytes.
  init(_ bytes: Span<UInt8>, _ start: Int, width: Int) {
    for index in start..<start + width {
      let byte = bytes[index]
      if byte == UInt8(ascii: " ") { break }
      add(byte)
    }
    mix()
  }

  /// Where a record names the sender of a message that another account paid for: behind `from` in the memo of a charge.
  static func sender(in bytes: Span<UInt8>, at offset: Int) -> Range<Int>? {
    // CHRG, PEND and POST.
    guard bytes[offset + 41] == UInt8(ascii: "C") || bytes[offset + 41] == UInt8(ascii: "P") else { return nil }
    let end = offset + Record.textRange.upperBound
    let word = senderWord
    var index = offset + Record.textRange.lowerBound
    while index + word.count < end {
      if bytes[index] == word[0], (1..<word.count).allSatisfy({ bytes[index + $0] == word[$0] }) {
        let start = index + word.count
        var stop = start
        while stop < end, bytes[stop] != 32, bytes[stop] != UInt8(ascii: ":"), bytes[stop] != UInt8(ascii: "%") { stop += 1 }
        return start..<stop
      }
      index += 1
    }
    return nil
  }

  private static let senderWord = Array("%20from%20".utf8)

  /// Calls `body` for each name that a record has as its payer or sender: the owner of an account, the payer at a gateway, and the sender
  /// of what another account paid for.
  static func forEach(in bytes: Span<UInt8>, at offset: Int, _ body: (PayerHash) -> Void) {
    if let name = sender(in: bytes, at: offset) { body(PayerHash(bytes, name.lowerBound, width: name.count)) }
    var isExternal = false
    for column in [offset + 74, offset + 139] {
      if bytes[column] != UInt8(ascii: "=") {
        body(PayerHash(bytes, column, width: 64))
      } else if bytes[column + 1] == UInt8(ascii: "g") {
        isExternal = true
      }
    }
    guard isExternal else { return }
    let text = offset + Record.textRange.lowerBound..<offset + Record.textRange.upperBound
    let word = Array(" payer=".utf8)
    for start in text where bytes[start] == 32 && start + word.count < text.upperBound {
      guard (1..<word.count).allSatisfy({ bytes[start + $0] == word[$0] }) else { continue }
      body(PayerHash(bytes, start + word.count, width: text.upperBound - start - word.count))
    }
  }
}
