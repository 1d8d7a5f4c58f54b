import SharedKernel
import Testing

/// Ids and names. Each expectation fails when its rule in `MessageID` or `Name` is dropped.
@Suite struct MessageIDTests {
  private let alice = Name("alice")!, bob = Name("bob")!
  private let time = Timestamp(microseconds: 1_800_000_000_123_456)

  @Test func anIdSurvivesItsText() throws {
    let id = MessageID(sender: alice, at: time, random: [1, 2, 3, 4, 5, 6])
    #expect(id.description.utf8.count == 26)
    #expect(MessageID(id.description) == id)
    #expect(MessageID(id.description.lowercased()) == id)
  }

  /// Messages, payments and keys are known by their ids for good. Breaks when another program would make another id of the same.
  @Test func idsStayTheSame() {
    #expect(MessageID(sender: alice, key: "k").description == "04JK0A00JX1958GSSBNR7EENM4")
    #expect(MessageID(sender: alice, at: time, random: [1, 2, 3, 4, 5, 6]).description == "01MCC5RM3V041061050TQKPXTC")
  }

  @Test func laterIdsSortLater() {
    let later = MessageID(sender: alice, at: time.adding(.seconds(1)), random: [0, 0, 0, 0, 0, 0])
    #expect(MessageID(sender: alice, at: time, random: [255, 255, 255, 255, 255, 255]) < later)
  }

  @Test func aDrawnIdIsItsOwnKeyForItsSenderAlone() {
    let id = MessageID(sender: alice, at: time, random: [9, 8, 7, 6, 5, 4])
    #expect(MessageID(sender: alice, key: id.description) == id)
    #expect(MessageID(sender: bob, key: id.description) != id)
  }

  @Test func keysArePerSenderAndExact() {
    #expect(MessageID(sender: alice, key: "k") == MessageID(sender: alice, key: "k"))
    #expect(MessageID(sender: alice, key: "k") != MessageID(sender: bob, key: "k"))
    #expect(MessageID(sender: alice, key: "k") != MessageID(sender: alice, key: "k "))
    #expect(MessageID(sender: alice, key: "01ARZ3NDEKTSV4RRFFQ69G5FAV").description != "01ARZ3NDEKTSV4RRFFQ69G5FAV")
  }

  @Test(arguments: [
    "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
  ])
  func whatIsNoId(text: String) { #expect(MessageID(text) == nil) }

  @Test(arguments: ["a", "A9", "+821012345678", "01012345678", "ops-team", "a.b_c+d-e", String(repeating: "x", count: 64)])
  func names(text: String) { #expect(Name(text)?.text == text) }

  @Test(arguments: ["", ".a", "-a", "_a", "a/b", "a b", "a\n", "한", "a\u{301}", String(repeating: "x", count: 65)])
  func noNames(text: String) { #expect(Name(text) == nil) }
}
