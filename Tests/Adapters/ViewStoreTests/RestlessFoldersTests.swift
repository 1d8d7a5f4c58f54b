import SpoolLayout
import Mailbox
import SharedKernel
import SystemCalls
import TestSupport
import Testing
import ViewStore

/// Folders in which other programs rename while they are listed, as the reader finds them: step by step, the same each time.
private final class RestlessFolders: MailboxFolders {
  var names: [StoredMessage.Place: [String]]
  var stamps: [StoredMessage.Place: Duration]
  /// Called before each listing of a folder; answers the names that it misses.
  var beforeListing: (RestlessFolders, StoredMessage.Place) -> Set<String> = { _, _ in [] }
  private(set) var listings = 0

  /// Names in `new/`, last changed at that time.
  init(_ count: Int, changed: Duration) {
    names = [.new: (0..<count).map { "\(1_795_000_000 + $0).M\($0).host" }, .cur: []]
    stamps = [.new: changed, .cur: changed]
  }

  func stamp(of place: StoredMessage.Place) -> FolderStamp? {
    FolderStamp(inode: 1, modified: stamps[place] ?? .zero, changed: stamps[place] ?? .zero)
  }

  func eachName(in place: StoredMessage.Place, _ body: (borrowing Span<UInt8>, Bool) -> Void) {
    listings += 1
    let missed = beforeListing(self, place)
    for name in names[place] ?? [] where !missed.contains(name) { body(Array(name.utf8).span, true) }
  }

  func modified(_ name: [UInt8], in place: StoredMessage.Place) -> Timestamp? { Timestamp(seconds: 1) }
  /// What went after it was listed, by its name.
  var vanished: Set<String> = []

  func summary(of message: StoredMessage) -> Summary? {
    vanished.contains(message.name) ? nil : Summary(message, front: Array("Subject: s\n\ntext\n".utf8), size: 17)
  }

  func move(_ index: Int, at time: Duration) {
    guard let name = names[.new]?.remove(at: index) else { return }
    names[.cur, default: []].append("\(name):2,S")
    stamps = [.new: time, .cur: time]
  }
}

/// A message that is there is in the view, whatever is renamed while the folders are listed.
struct RestlessFoldersTests {
  private let folder = TemporaryFolder()
  private let now = wallClock()

  private func open(_ folders: RestlessFolders) throws -> StoredView {
    let alice = try #require(Name("alice"))
    return try StoredView(
      of: alice, folders: folders, in: try SpoolRoot(opening: folder.path), mayWrite: true,
      keepsFrom: 1)
  }

  // Fails when one that a listing missed because it was renamed meanwhile is taken for removed, or one that was met twice counts twice.
  @Test(arguments: [40, 300])
  func neverAtRest(count: Int) throws {
    let folders = RestlessFolders(count, changed: now - .seconds(5))
    #expect(try open(folders).counts == MailboxCounts(total: count, unread: count))
    folders.beforeListing = { folders, place in
      // Somebody reads one message after the other; of every seven names each listing misses another one.
      if place == .new { folders.move(0, at: wallClock() + .nanoseconds(folders.listings)) }
      let names = folders.names[place] ?? []
      return Set(names.indices.filter { $0 % 7 == folders.listings / 2 % 7 }.map { names[$0] })
    }
    folders.stamps = [.new: now - .seconds(4), .cur: now - .seconds(4)]
    for _ in 0..<3 { #expect(try open(folders).counts.total == count) }
    #expect(folders.listings > 30, "it was listed again and again")
    folders.beforeListing = { _, _ in [] }
    let read = try #require(folders.names[.cur]).count
    #expect(try open(folders).counts == MailboxCounts(total: count, unread: count - read))
  }

  // Fails when one is lost that goes to the folder that was listed before, within one tick of the clock.
  @Test(arguments: [false, true])
  func betweenTwoFolders(isKnown: Bool) throws {
    let folders = RestlessFolders(10, changed: now - .seconds(5))
    if isKnown { #expect(try open(folders).counts.total == 10) }
    let stray = try #require(folders.names[.new]?.last)
    // A change of this moment, however long the test takes from here on: no clock is past it.
    folders.stamps = [.new: now + .seconds(3600), .cur: now + .seconds(3600)]
    // In `cur/` while `new/` is listed, in `new/` while `cur/` is; then it stays.
    let before = folders.listings
    folders.beforeListing = { folders, place in folders.listings == before + 1 && place == .new ? [stray] : [] }
    #expect(try open(folders).counts.total == 10)
  }

  // Fails when one that is removed between two listings of a look stays in the view after it.
  @Test(arguments: [10, 300])
  func removedBetweenListings(count: Int) throws {
    let folders = RestlessFolders(count, changed: now - .seconds(5))
    #expect(try open(folders).counts.total == count)
    // A change of this moment, however long the test takes from here on: no clock is past it.
    folders.stamps = [.new: now + .seconds(3600), .cur: now + .seconds(3600)]
    let before = folders.listings
    folders.beforeListing = { folders, _ in
      if folders.listings == before + 3 {
        folders.names[.new]?.removeLast()
        // The clock of the view's file is past it.
        for place in StoredMessage.Place.allCases { folders.stamps[place] = wallClock() - .milliseconds(12) }
      }
      return []
    }
    _ = try open(folders)
    #expect(folders.listings > before + 3, "it was listed again")
    #expect(try open(folders).counts.total == count - 1)
  }

  // Fails when one is lost that goes to a folder that is not looked at because it had not changed.
  @Test func outOfTheListedFolder() throws {
    let folders = RestlessFolders(100, changed: now - .seconds(5))
    #expect(try open(folders).counts.total == 100)
    folders.stamps[.new] = now - .seconds(4)
    folders.beforeListing = { folders, place in
      if folders.names[.cur]?.isEmpty == true { folders.move(99, at: self.now - .seconds(3)) }
      return []
    }
    #expect(try open(folders).counts == MailboxCounts(total: 100, unread: 99))
  }

  // Fails when one that goes between the listing and the look at it is an error, is kept as if it had been looked at, or takes another
  // with it; few are looked at one by one, many together.
  @Test(arguments: [20, 700])
  func goneBetweenListAndLook(count: Int) throws {
    let folders = RestlessFolders(count, changed: now - .seconds(5))
    folders.vanished = Set([0, 4, count - 1].compactMap { folders.names[.new]?[$0] })
    for _ in 0..<2 {
      let view = try open(folders)
      try view.expect(complete: count)
      var missing: [Int] = []
      for number in 1...count {
        let entry = try view.entry(number)
        if entry.isComplete ? false : try view.completed(entry) == nil { missing.append(number) }
      }
      view.finish()
      #expect(missing == [1, 5, count] && view.counts.total == count)
    }
    folders.names[.new]?.removeAll { folders.vanished.contains($0) }
    folders.stamps[.new] = now - .seconds(4)
    let view = try open(folders)
    #expect(view.counts.total == count - 3)
    #expect(try (1...count - 3).allSatisfy { try view.entry($0).isComplete }, "what was learned of the others is still there")
  }
}
