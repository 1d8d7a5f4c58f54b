import Testing

/// The log of the storm's hook, read back.
@Suite struct HookLogTests {
  private let digest = #"0 {"id":"D","kind":"digest","to":"ben","attempt":1,"redelivered":false,"count":2,"items":[\#(item)]}"#
  private static let item = #"{"id":"A2","kind":"arrived","to":"ben","message":{"id":"M2"}}"#
  private let listed = ToldItem(alarm: "A2", kind: "arrived", receiver: "ben", message: "M2")
  private let counted = ToldItem(alarm: "A1", kind: "arrived", receiver: "ben", message: "M1")

  /// What a large digest only counts is found in the history, as long as the two agree.
  @Test func aDigestThatListsItsNewestAlarms() {
    func items(_ digested: [ToldItem]) -> Set<ToldItem> { Set(HookLog(digest, digested: ["D": digested]).alarms.flatMap(\.items)) }
    #expect(items([counted, listed]) == [counted, listed])
    #expect(items([counted]) == [listed])
    #expect(items([]) == [listed])
  }

  @Test func aRunThatReadNothing() {
    let log = HookLog("0 \n75 {\"id\":\"A", digested: [:])
    #expect(log.alarms.isEmpty && log.garbled == ["0 ", "75 {\"id\":\"A"])
  }
}
