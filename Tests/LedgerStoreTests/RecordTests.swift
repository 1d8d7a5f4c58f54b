import Payments
import SharedKernel
import Testing

@testable import LedgerStore

@Suite struct RecordTests {
  private func posting(reference: String = "키 %1", memo: String = "한글 메모") throws -> Posting {
    Posting(
      .charge, id: MessageID(hashing: "x"), debit: .prepaid(try #require(Name(String(repeating: "n", count: 64)))), credit: .income,
      amount: try #require(Amount(units: .max)), balance: .min, fingerprint: Fingerprint(of: [[1]]), reference: reference, memo: memo)
  }

  private func encode(_ content: Record.Content) -> [UInt8] {
    var writer = RecordWriter(after: .start)
    writer.add(content, at: Timestamp(microseconds: 1_763_800_000_123_456))
    return writer.bytes
  }

  /// Breaks when a record is not 512 bytes of ASCII with one line feed, or does not say again what was put in.
  @Test func aRecordIsReadBack() throws {
    let contents: [Record.Content] = [
      .posting(try posting()), .posting(try posting(reference: "", memo: "")), .posting(try posting(reference: "-", memo: "-")),
      .head(accounts: 7), .balance(.income, -5), .balance(.prepaid(try #require(Name("a"))), 5), .seal,
    ]
    for content in contents {
      let bytes = encode(content)
      #expect(bytes.count == Record.length && bytes.last == 10 && bytes.dropLast().allSatisfy { (0x20...0x7e).contains($0) })
      #expect(try Record(decoding: bytes).content == content)
    }
  }

  /// Breaks when a key of ordinary length shifts the columns, or a long one is lost rather than cut where it can be read.
  @Test func aLongReferenceIsCutAtACharacter() throws {
    let long = String(repeating: "가", count: 80)
    let record = try Record(decoding: encode(.posting(try posting(reference: long, memo: "m"))))
    let reference = try #require(record.entry?.posting.reference)
    #expect(reference.hasSuffix("…") && long.hasPrefix(reference.dropLast()))
    #expect(record.entry?.posting.memo == "m")
    let whole = String(repeating: "k", count: 200)
    #expect(try Record(decoding: encode(.posting(try posting(reference: whole, memo: "")))).entry?.posting.reference == whole)
  }

  /// Breaks when one flipped bit anywhere in a record passes.
  @Test func everyFlippedBitIsFound() throws {
    var bytes = encode(.posting(try posting()))
    var passed: [Int] = []
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << (bit % 8)
      if (try? Record(decoding: bytes)) != nil { passed.append(bit) }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
    #expect(passed.isEmpty)
    #expect(throws: Never.self) { try Record(decoding: bytes) }
  }

  /// Breaks when a record that was taken out, doubled or exchanged for a sound one passes in the chain.
  @Test func theChainTiesRecordsTogether() throws {
    var writer = RecordWriter(after: .start)
    for number in 0..<3 { writer.add(.head(accounts: number), at: Timestamp(seconds: 0)) }
    let other = encode(.head(accounts: 9))
    let first = try Record(decoding: writer.bytes[..<512])
    #expect(throws: Never.self) { try writer.records[1].check(follows: first.link, body: writer.bytes[512..<512 + Record.bodyLength]) }
    #expect(throws: RecordDamage.self) {
      try writer.records[2].check(follows: first.link, body: writer.bytes[1024..<1024 + Record.bodyLength])
    }
    let stranger = try Record(decoding: other)
    #expect(throws: RecordDamage.self) {
      try writer.records[1].check(follows: stranger.link, body: writer.bytes[512..<512 + Record.bodyLength])
    }
  }

  /// Breaks when text leaves its column or does not come back.
  @Test(arguments: ["", "-", "a b", "%", "%41", "가\n나", "\u{0}", "plain"]) func percentText(text: String) {
    let word = PercentText.encode(text)
    #expect(word.utf8.allSatisfy { (0x21...0x7e).contains($0) } && !word.isEmpty)
    #expect(PercentText.decode(word) == text)
  }
}
