import SharedKernel
import Testing

@testable import Mailbox

struct SelectionTests {
  /// Four messages: 1 read, 2 unread, 3 unread and flagged, 4 read and flagged.
  private let view = MemoryView(
    [(.cur, "1.a.h:2,S"), (.new, "2.b.h"), (.cur, "3.c.h:2,F"), (.cur, "4.d.h:2,FS")],
    files: [
      "From: Bob <bob@x>\nDate: 1 Jan 2026 00:00 +0000\n\nHello", "From: amy@x\nDate: 3 Jan 2026 00:00 +0000\nSubject: ÄPFEL\n\n",
      "From: bob@x\nDate: 2 Jan 2026 00:00 +0000\n\nhello again", "From: Bob <z@x>\nDate: 3 Jan 2026 00:00 +0000\n\n",
    ])

  private func chosen(_ configure: (inout Selection) -> Void) throws -> [Int] {
    var selection = Selection()
    configure(&selection)
    return try view.numbers(selection)
  }

  private func day(_ day: Int64) -> Timestamp { Timestamp(seconds: 1_767_225_600 + (day - 1) * 86400) }

  // Fails when a selector takes in too much or too little, or limit and offset count in another order than the list's.
  @Test func selectors() throws {
    #expect(try chosen { _ in } == [2, 3])
    #expect(try chosen { $0.onlyUnread = false } == [1, 2, 3, 4])
    #expect(try chosen { $0.onlyFlagged = true } == [3])
    #expect(try chosen { ($0.onlyUnread, $0.onlyFlagged) = (false, true) } == [3, 4])
    #expect(try chosen { ($0.onlyUnread, $0.newestFirst, $0.limit) = (false, true, 2) } == [4, 3])
    #expect(try chosen { ($0.onlyUnread, $0.offset, $0.limit) = (false, 1, 2) } == [2, 3])
    #expect(try chosen { $0.offset = 5 } == [])
    #expect(try chosen { $0.limit = 0 } == [])
  }

  // Fails when what looks the same is not found, or what looks different is; each both ways.
  @Test(arguments: [
    ("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", true), ("CAFÉ", "cafe\u{301}", true), ("が", "\u{304b}\u{3099}", true),
    ("cafe", "caf\u{e9}", false), ("하", "한", false), ("x", "", false), ("b c", "a b c d", true),
    ("ＡＢＣ１２", "abc12", true), ("ｶﾞ", "ガ", true), ("ﾡﾢ", "ㄱㄲ", true), ("ㄱㅏ", "가", true), ("ﬁn", "FIN", true), ("①㈜", "1(주)", true),
    ("STRASSE", "straße", true), ("ΣΑΣ", "σας", true), ("Ⅳ", "iv", true), ("ℌ", "h", true), ("ﾌﾟ", "ふ", false), ("i", "ı", false),
  ])
  func equalOnTheScreen(one: String, other: String, isFound: Bool) {
    #expect(SearchWords(one).occur(in: "<\(other)>") == isFound)
    #expect(SearchWords(other).occur(in: "<\(one)>") == (isFound && one != "b c" || other.isEmpty))
  }

  // Fails when what is read of a message selects wrongly: senders by both their names, until excluded, case ignored.
  @Test func contents() throws {
    #expect(try chosen { ($0.onlyUnread, $0.senders) = (false, ["Bob"]) } == [1, 4])
    #expect(try chosen { ($0.onlyUnread, $0.senders) = (false, ["bob"]) } == [1, 3])
    #expect(try chosen { ($0.onlyUnread, $0.since, $0.until) = (false, day(2), day(3)) } == [3])
    #expect(try chosen { ($0.onlyUnread, $0.match) = (false, "HELLO") } == [1, 3])
    #expect(try chosen { ($0.onlyUnread, $0.match) = (false, "äpfel") } == [2])
    #expect(try chosen { ($0.onlyUnread, $0.match) = (false, "") } == [1, 2, 3, 4])
    #expect(try chosen { ($0.onlyUnread, $0.match, $0.limit) = (false, "hello", 1) } == [1])
  }

  // Fails when equal keys change places from one call to the next, or sorting and reversing do not agree.
  @Test func orders() throws {
    #expect(try chosen { ($0.onlyUnread, $0.order) = (false, .date) } == [1, 3, 2, 4])
    #expect(try chosen { ($0.onlyUnread, $0.order, $0.newestFirst) = (false, .date, true) } == [4, 2, 3, 1])
    #expect(try chosen { ($0.onlyUnread, $0.order) = (false, .from) } == [1, 4, 2, 3])
    #expect(try chosen { ($0.onlyUnread, $0.order, $0.offset) = (false, .size, 3) } == [2])
  }

  // Fails when files are opened that names alone decide about, or more of them than are shown.
  @Test func looksAtNoMoreThanNeeded() throws {
    _ = try chosen { ($0.onlyUnread, $0.newestFirst, $0.limit) = (false, true, 2) }
    #expect(view.looks == 0)
    var selection = Selection()
    (selection.onlyUnread, selection.offset, selection.limit) = (false, 1, 2)
    var numbers: [Int] = []
    try Choosing(selection, in: view, complete: { entry throws(Failure) in try view.completed(entry) }, text: { _ in [] }).each {
      numbers.append($0.number)
    }
    #expect(numbers == [2, 3] && view.looks == 2)
  }

  // Fails when a message that is gone between list and look is chosen, or counts towards the limit.
  @Test func goneMeanwhile() throws {
    let view = MemoryView([(.new, "1.a.h"), (.new, "2.b.h"), (.new, "3.c.h")], files: ["From: a@x\n\n", nil, "From: a@x\n\n"])
    var selection = Selection()
    (selection.senders, selection.limit) = (["a"], 2)
    #expect(try view.numbers(selection) == [1, 3])
  }
}
