import Sending
import SharedKernel
import Testing

/// What is refused before anything is written or charged.
@Suite struct DraftTests {
  private func draft(_ text: [UInt8], subject: String = "", maximum: Int = 100) throws -> Draft {
    let (alice, bob) = (try #require(Name("alice")), try #require(Name("bob")))
    return try Draft(sender: alice, recipients: [bob], subject: subject, text: text, priority: .normal, maximumSize: maximum)
  }

  @Test(arguments: ["", " ", "\n\n", "\t \u{3000}\n", "\u{a0}"])
  func whiteSpaceAloneIsEmpty(text: String) {
    #expect(throws: Failure.self) { try draft(Array(text.utf8)) }
  }

  @Test(arguments: [[0x61, 0xff], [0xc3], [0xed, 0xa0, 0x80], [0x61, 0x00, 0x62]] as [[UInt8]])
  func brokenTextIsRefused(bytes: [UInt8]) {
    #expect { try draft(bytes) } throws: { ($0 as? Failure)?.kind == .badData }
  }

  /// The limit is inclusive: one byte more is too much.
  @Test func theLimitIsInclusive() throws {
    #expect(try draft(Array(repeating: 0x61, count: 100)).text.count == 101)
    #expect(throws: Failure.self) { try draft(Array(repeating: 0x61, count: 101)) }
  }

  @Test func oneFinalLineFeedIsNotDoubled() throws {
    #expect(try draft(Array("a".utf8)).text == Array("a\n".utf8))
    #expect(try draft(Array("a\n".utf8)).text == Array("a\n".utf8))
    #expect(try draft(Array("a\n\n".utf8)).text == Array("a\n\n".utf8))
    #expect(try draft(Array("a\r\nb\r".utf8)).text == Array("a\r\nb\r\n".utf8))
  }

  @Test(arguments: ["a\nb", "\u{1b}[31m", "a\tb", "\u{85}"])
  func aSubjectIsOnePlainLine(subject: String) {
    #expect { try draft([0x61], subject: subject) } throws: { ($0 as? Failure)?.kind == .badData }
  }

  /// Two drafts that differ in anything the key stands for differ in their fingerprint.
  @Test func theFingerprintCoversTheContent() throws {
    let base = try draft(Array("hello".utf8), subject: "x").fingerprint
    #expect(try draft(Array("hello".utf8), subject: "x").fingerprint == base)
    #expect(try draft(Array("hello!".utf8), subject: "x").fingerprint != base)
    #expect(try draft(Array("hello".utf8), subject: "y").fingerprint != base)
    #expect(try draft(Array("xhello".utf8), subject: "").fingerprint != base)
  }
}
