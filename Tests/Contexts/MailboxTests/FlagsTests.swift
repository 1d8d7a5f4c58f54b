import SharedKernel
import Testing

@testable import Mailbox

struct FlagsTests {
  // Fails when a flag is lost, invented, doubled or out of ASCII order.
  @Test(arguments: [
    ("x:2,S", ":2,S"), ("x:2,", ":2,"), ("x", ":2,"), ("x:2,SRFD", ":2,DFRS"), ("x:2,SS", ":2,S"), ("x:2,aSb", ":2,Sab"),
    ("x:1,S", ":2,"), ("x:2", ":2,"), ("x:2,S:2,F", ":2,,2FS"), ("x:2,é S/", ":2,S"),
  ])
  func names(name: String, suffix: String) { #expect(Flags(ofFile: name).suffix == suffix) }

  // Fails when changing one flag touches another.
  @Test func changes() {
    let change = FlagChange(set: [.seen, .flagged], cleared: [.trashed])
    #expect(change.applied(to: Flags(ofFile: "x:2,RTa")).suffix == ":2,FRSa")
    #expect(FlagChange(cleared: [.seen]).applied(to: Flags(ofFile: "x:2,RSa")).suffix == ":2,Ra")
    #expect(FlagChange().applied(to: Flags(ofFile: "x:2,RSa")) == Flags(ofFile: "x:2,RSa"))
  }

  // Fails when a message counts as read that nobody has opened, or the other way round.
  @Test(arguments: [
    (StoredMessage.Place.new, "1.a.h", true), (.new, "1.a.h:2,S", true), (.cur, "1.a.h:2,S", false), (.cur, "1.a.h:2,F", true),
    (.cur, "1.a.h", true), (.cur, "1.a.h:2,FS", false),
  ])
  func unread(place: StoredMessage.Place, name: String, isUnread: Bool) {
    #expect(StoredMessage(place: place, name: name, delivered: Timestamp(seconds: 1)).isUnread == isUnread)
    #expect(MessageState(place, name: Array(name.utf8).span).contains(.unread) == isUnread)
  }
}
