@testable import SharedKernel
import Testing

/// Published test vectors; one wrong constant or rotation breaks them.
@Suite struct HashTests {
  /// FIPS 180-4 examples, and lengths around the padding's edges.
  @Test func sha256() {
    #expect(hexadecimal(SHA256.digest([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hexadecimal(SHA256.digest("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hexadecimal(SHA256.digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      hexadecimal(SHA256.digest([UInt8](repeating: 0x61, count: 1_000_000)))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// RFC 3720 appendix B.4.
  @Test func crc32c() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46dd_794e)
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
  }

  /// One wrong digit in the table that is written out would only show for the bytes that meet it.
  @Test func theTableFollowsFromThePolynomial() {
    for byte in 0..<256 {
      let entry = (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
      #expect(CRC32C.table[byte] == entry)
    }
  }

  /// Parts are kept apart: moving a byte from one to the next is another content.
  @Test func fingerprintsKeepPartsApart() {
    #expect(Fingerprint(of: [[1, 2], [3]]) != Fingerprint(of: [[1], [2, 3]]))
    #expect(Fingerprint(of: [[1], []]) != Fingerprint(of: [[1]]))
    #expect(Fingerprint(Fingerprint(of: [[1]]).text) == Fingerprint(of: [[1]]))
    #expect(Fingerprint("0123") == nil && Fingerprint("0123456789ABCDEF") == nil)
  }

  // Fails when XXH64 is not XXH64: the values of its specification's test program.
  @Test(arguments: [
    ("", UInt64(0), UInt64(0xef46_db37_51d8_e999)), ("a", 0, 0xd24e_c4f1_a98c_6e5b), ("abc", 0, 0x44bc_2cf5_ad77_0999),
    ("Nobody inspects the spammish repetition", 0, 0xfbce_a83c_8a37_8bf1),
  ])
  func xxh64(text: String, seed: UInt64, expected: UInt64) {
    #expect(XXH64.hash(Array(text.utf8), seed: seed) == expected)
    #expect(XXH64.hash(Array(("x" + text).utf8)[1...], seed: seed) == expected)
    #expect(XXH64.hash(Array(text.utf8), seed: seed + 1) != expected)
  }
}
