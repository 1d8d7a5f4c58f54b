import Ledger
import SharedKernel
import Testing

@testable import LedgerStore

@Suite struct RecordTests {
  private func posting(reference: String = "키 %1", memo: String = "한글 메모") throws -> Posting {
    Posting(
      .charge, id: MessageID(hashing: "x"), debit: .prepaid(try #require(Name(String(repeating: "n", count: 64)))), credit: .income,
      amount: try #require(Amount(units: .max)), balance: Balance(units: .min), fingerprint: Fingerprint(of: [[1]]), reference: reference,
      memo: memo)
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
      .head(accounts: 7, open: 0), .head(accounts: 7, open: 12), .balance(.income, -5), .balance(.prepaid(try #require(Name("a"))), 5),
      .seal,
    ]
    for content in contents {
      let bytes = encode(content)
      #expect(bytes.count == Record.length && bytes.last == 10 && bytes.dropLast().allSatisfy { (0x20...0x7e).contains($0) })
      #expect(try Record(decoding: bytes).content == content)
    }
  }

  /// Breaks when a record of a gateway's payment, or one that is carried into a new segment, does not say again what was put in,
  /// also with the longest values there are.
  @Test func aGatewaysRecordIsReadBack() throws {
    let gateway = try #require(GatewayName(String(repeating: "g", count: GatewayName.maximumLength)))
    let payer = try #require(Name(String(repeating: "n", count: Name.maximumLength)))
    // The first is as it was recorded when a key was the id alone.
    for (generation, salt, reference) in [
      (1, nil, ""), (2, KeySalt("0123456789AB"), "R/1=%,x"), (99_999, KeySalt("ZZZZZZZZZZZZ"), String(repeating: "r", count: 64)),
    ] {
      for reversal in [ExternalPayment.Reversal.void, .refund, nil] {
        for charged in [Int64(0), Amount.largest] {
          let external = ExternalPayment(
            payer: payer, gateway: gateway, generation: generation, salt: salt, asked: try #require(Amount(units: Amount.largest)),
            charged: try #require(Amount(units: charged)), reference: reference, reversal: reversal, isSettledByHand: charged == 0)
          for kind in [Posting.Kind.pending, .posted, .declined, .reversal, .void, .refund] {
            let posting = Posting(
              kind, id: MessageID(hashing: "x"), debit: .gateway(gateway), credit: .income, amount: .zero, balance: -7,
              fingerprint: Fingerprint(of: [[1]]), memo: "message accepted 2026-11-22T20:27:29.723972Z", external: external)
            for content in [Record.Content.posting(posting), .open(posting)] {
              let bytes = encode(content)
              #expect(bytes.count == Record.length && bytes.dropLast().allSatisfy { (0x20...0x7e).contains($0) })
              let read = try #require(try Record(decoding: bytes).entry?.posting)
              #expect(read.memo == posting.memo && read.kind == kind)
              let known = try #require(read.external)
              // With a payer's name that long not all of the reference has room.
              #expect(reference.hasPrefix(known.reference) && known.reference.utf8.count >= min(12, reference.utf8.count))
              #expect(known.key(of: MessageID(hashing: "x")) == external.key(of: MessageID(hashing: "x")))
              #expect(known == external.with(reference: known.reference))
            }
          }
        }
      }
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
    for number in 0..<3 { writer.add(.head(accounts: number, open: 0), at: Timestamp(seconds: 0)) }
    let other = encode(.head(accounts: 9, open: 0))
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

  /// Breaks when the counts in the head of a forged file are taken as they are: their sum ended the program.
  @Test(arguments: [(Int.max, 1), (1, Int.max), (-1, 0)]) func aHeadCountsNoMoreThanABookHolds(accounts: Int, open: Int) {
    #expect(throws: RecordDamage.self) { try Record(decoding: encode(.head(accounts: accounts, open: open))) }
  }

  /// Breaks when text leaves its column or does not come back.
  @Test(arguments: ["", "-", "a b", "%", "%41", "가\n나", "\u{0}", "plain"]) func percentText(text: String) {
    let word = PercentText.encode(text)
    #expect(word.utf8.allSatisfy { (0x21...0x7e).contains($0) } && !word.isEmpty)
    #expect(PercentText.decode(word) == text)
  }
}

extension ExternalPayment {
  fileprivate func with(reference: String) -> ExternalPayment {
    ExternalPayment(
      payer: payer, gateway: gateway, generation: generation, salt: salt, asked: asked, charged: charged, reference: reference,
      reversal: reversal, isSettledByHand: isSettledByHand)
  }
}
