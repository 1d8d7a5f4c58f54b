import SharedKernel
import Testing

@testable import Mailbox

struct SelectionTests {
  /// Four messages: 1 read, 2 unread, 3 unread and flagged, 4 read and flagged.
  private let list = MessageList(
    [(StoredMessage.Place.cur, "1.a.h:2,S"), (.new, "2.b.h"), (.cur, "3.c.h:2,F"), (.cur, "4.d.h:2,FS")].map {
      StoredMessage(place: $0, name: $1, delivered: StoredMessage.delivered(inName: $1) ?? -1)
    })

  private func chosen(_ configure: (inout Selection) -> Void) throws -> [Int] {
    var selection = Selection()
    configure(&selection)
    let files = [
      1: "From: Bob <bob@x>\nDate: 1 Jan 2026 00:00 +0000\n\nHello", 2: "From: amy@x\nDate: 3 Jan 2026 00:00 +0000\nSubject: ÄPFEL\n\n",
      3: "From: bob@x\nDate: 2 Jan 2026 00:00 +0000\n\nhello again", 4: "From: Bob <z@x>\nDate: 3 Jan 2026 00:00 +0000\n\n",
    ]
    let entries = selection.byName(list)
    guard selection.needsContent else { return entries.map(\.number) }
    let summaries = entries.compactMap { entry -> NumberedSummary? in
      let bytes = Array((files[entry.number] ?? "").utf8)
      let summary = Summary(entry.message, front: bytes, size: bytes.count)
      return selection.fits(summary) { MessageText.text(ofMessage: bytes) } ? NumberedSummary(number: entry.number, summary: summary) : nil
    }
    return selection.arranged(summaries).map(\.number)
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

  // Fails when what is read of a message selects wrongly: senders by both their names, until excluded, case ignored.
  @Test func contents() throws {
    #expect(try chosen { ($0.onlyUnread, $0.sender) = (false, "Bob") } == [1, 4])
    #expect(try chosen { ($0.onlyUnread, $0.sender) = (false, "bob") } == [1, 3])
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
}
