import SharedKernel
import Testing

@testable import Alarms

@Suite struct EventTests {
  /// Breaks when a send to several tells its sender more than once, or a receiver not at all.
  @Test func theLeaderTellsTheSenderAndEachCopyItsReceiver() throws {
    let leader = try event(1, to: "bob", copy: 1, of: 2).alarms(isCreditLow: false)
    #expect(leader.map(\.kind) == [.sent, .arrived])
    #expect(leader.map(\.receiver.text) == ["alice", "bob"])
    let follower = try event(2, to: "carol", copy: 2, of: 2).alarms(isCreditLow: false)
    #expect(follower.map(\.kind) == [.arrived])
    #expect(follower.map(\.receiver.text) == ["carol"])
  }

  /// Breaks when an alarm's id depends on the sequence, or two alarms share one.
  @Test func anAlarmIsKnownByMessageCopyAndKind() throws {
    let message = MessageID(hashing: "x")
    let id = AlarmID(message: message, copy: 1, kind: .sent)
    #expect(id == AlarmID(message: message, copy: 1, kind: .sent))
    #expect(id != AlarmID(message: message, copy: 2, kind: .sent))
    #expect(id != AlarmID(message: message, copy: 1, kind: .arrived))
    #expect(AlarmID(id.description) == id)
    #expect(id.description.utf8.count == 26)
  }

  /// Breaks when an editor's or packager's leftover is run, or a good name is not.
  @Test(arguments: [
    ("push", true), ("50-push.sh", true), ("A_b.c-d", true), ("9", true), ("push~", false), ("push.bak", false), ("push.orig", false),
    ("push.rej", false), (".push.swp", false), ("push.swp", false), ("push.dpkg-old", false), ("push.conf", false), ("-push", false),
    (".hidden", false), ("_x", false), ("a b", false), ("한글", false), ("a/b", false), ("", false),
  ])
  func hookNames(_ text: String, isHook: Bool) {
    #expect((HookName(text) != nil) == isHook)
  }
}
