import SpoolLayout
import FeedFixtures
import Foundation
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import FeedStore

@Suite struct FeedPublisherTests {
  /// Breaks when the entry is not the message itself, or the numbers do not begin at 1.
  @Test func anEntryIsAHardLinkOfTheMessage() throws {
    let fixture = try FeedFixture()
    let name = try fixture.put(1)
    #expect(FeedPublisher(root: fixture.root, limit: 100).publish([name]).isEmpty)
    let entry = try #require(try fixture.root.directory.directory("feed/000000000001").status(of: "000000000001"))
    #expect(try fixture.root.directory.directory("outbox").status(of: name)?.identity == entry.identity)
  }

  /// Breaks when recovery announces again what the killed sender has announced already.
  @Test func aPublishedMessageIsPassedOver() throws {
    let fixture = try FeedFixture()
    let name = try fixture.put(1)
    let publisher = FeedPublisher(root: fixture.root, limit: 100)
    _ = publisher.publish([name])
    #expect(publisher.publish([name, "not there"]).isEmpty)
    #expect(fixture.sequences() == [1])
  }

  /// Breaks when a number is taken twice, left out, or lost under contention; crosses a segment border meanwhile.
  @Test func publishersAtTheSameTimeLeaveNoHolesAndLoseNothing() throws {
    let fixture = try FeedFixture()
    let (writers, each) = (12, 100)
    let names = try (0..<writers).map { writer in try (0..<each).map { try fixture.put(writer * each + $0) } }
    let threads = names.map { mine in
      Thread {
        let publisher = FeedPublisher(root: fixture.root, limit: 100_000)
        for name in mine { _ = publisher.publish([name]) }
      }
    }
    threads.forEach { $0.start() }
    while !threads.allSatisfy(\.isFinished) { sleep(for: .milliseconds(5)) }
    #expect(fixture.sequences() == Array(1...writers * each))
    let outbox = try fixture.root.directory.directory("outbox")
    for name in names.joined() { #expect(try outbox.status(of: name)?.linkCount == 2) }
    #expect(fixture.folder.names(in: "feed") == ["000000000001", "000000001025"])
  }

  /// Breaks when one call in the middle of a segment border loses the order of its names.
  @Test func oneCallKeepsItsOrderAcrossSegments() throws {
    let fixture = try FeedFixture()
    let names = try (1...1100).map { try fixture.put($0) }
    #expect(FeedPublisher(root: fixture.root, limit: 100_000).publish(names).isEmpty)
    for number in [1, 1024, 1025, 1100] {
      let segment = try fixture.root.directory.directory("feed/\(padded((number - 1) / 1024 * 1024 + 1, 12))")
      let outbox = try fixture.root.directory.directory("outbox")
      #expect(try segment.status(of: padded(number, 12))?.identity == outbox.status(of: names[number - 1])?.identity)
    }
  }

  /// Breaks when a file system without hard links gets no events, or recovery makes a second copy there. EMLINK stands in for
  /// EPERM: tests run as root too, and root is refused nothing.
  @Test func whereLinksAreRefusedACopyIsMadeOnce() throws {
    let fixture = try FeedFixture()
    _ = FeedPublisher(root: fixture.root, limit: 100).publish([try fixture.put(1)])
    let name = try fixture.put(2)
    var tail = try FeedTail(opening: fixture.root)
    let publisher = FeedPublisher(root: fixture.root, limit: 100)
    let outbox = try fixture.root.directory.directory("outbox")
    try publisher.copy(name, in: outbox, at: &tail)
    try publisher.copy(name, in: outbox, at: &tail)
    #expect(fixture.sequences() == [1, 2])
    let segment = try fixture.root.directory.directory("feed/000000000001")
    #expect(try segment.contents(of: "000000000002") == outbox.contents(of: name))
    #expect(try outbox.status(of: name)?.linkCount == 1)
    #expect(fixture.folder.names(in: "tmp").isEmpty)
  }

  /// Breaks when the feed grows without bound, or loses more than whole old segments.
  @Test func wholeOldSegmentsGoWhenANewOneIsBegun() throws {
    let fixture = try FeedFixture()
    let publisher = FeedPublisher(root: fixture.root, limit: 1500)
    for first in stride(from: 1, through: 4000, by: 500) {
      let names = try (first..<first + 500).map { try fixture.put($0) }
      #expect(publisher.publish(names).isEmpty)
      for name in names { try fixture.deliver(name) }
    }
    let left = fixture.sequences()
    #expect(left == Array(1025...4000))
    #expect(fixture.folder.names(in: "feed") == ["000000001025", "000000002049", "000000003073"])
  }

  /// Breaks when a file of somebody else in the feed stops senders, or makes the numbers jump.
  @Test func alienFilesAreInNobodysWay() throws {
    let fixture = try FeedFixture()
    for name in [
      "feed/README", "feed/000000000001/notes.txt", "feed/000000000001/999999999999", "feed/000000000777/x", "feed/999999999999",
    ] {
      try fixture.folder.write(name, "alien")
    }
    let publisher = FeedPublisher(root: fixture.root, limit: 100)
    #expect(publisher.publish([try fixture.put(1), try fixture.put(2)]).isEmpty)
    #expect(fixture.folder.names(in: "feed/000000000001") == ["000000000001", "000000000002", "999999999999", "notes.txt"])
  }

  /// Breaks when a feed that cannot be written throws or traps instead of leaving a note: a send must not care.
  @Test func anUnwritableFeedIsANote() throws {
    let fixture = try FeedFixture()
    try fixture.folder.write("feed", "a file where the folder should be")
    let notes = FeedPublisher(root: fixture.root, limit: 100).publish([try fixture.put(1)])
    #expect(notes.count == 1)
    #expect(notes.first?.description.contains("could not be announced") == true)
  }
}
