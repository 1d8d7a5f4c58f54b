import SpoolLayout
import FeedFixtures
import FileWatching
import SystemCalls
import TestSupport
import Testing

@Suite struct SpoolWatcherTests {
  /// Breaks when a new event, a new segment or a new hook goes unnoticed until the probe.
  @Test func arrivalsAreNoticed() throws {
    let fixture = try FeedFixture()
    try fixture.folder.write("hooks/x", "")
    _ = try fixture.root.directory.makeDirectory("feed")
    let watcher = SpoolWatcher(spool: fixture.root.directory)
    #expect(watcher.mode == .inotify)
    #expect(try watcher.changes() == .everything)
    watcher.watch(feed: [fixture.folder.file("feed")], outbox: fixture.folder.file("outbox"), hooks: fixture.folder.file("hooks"))
    #expect(try watcher.changes().isEmpty)
    _ = try fixture.root.directory.makeDirectory("feed/000000000001")
    #expect(try watcher.changes() == [.feed, .segments])
    _ = try fixture.root.directory.makeDirectory("silences")
    watcher.watch(
      feed: [fixture.folder.file("feed"), fixture.folder.file("feed/000000000001")], outbox: fixture.folder.file("outbox"),
      hooks: fixture.folder.file("hooks"), settings: [fixture.folder.file("silences"), fixture.folder.file("missing")])
    try fixture.folder.write("silences/1.json", "")
    #expect(try watcher.changes() == .settings)
    let name = try fixture.put(1)
    try fixture.root.directory.link("outbox/\(name)", to: fixture.root.directory, as: "feed/000000000001/000000000001")
    #expect(try watcher.changes() == .feed)
    // The event happens when its message leaves the outbox.
    try fixture.deliver(name)
    #expect(try watcher.changes() == .outbox)
    try command("chmod", [String(0o755, radix: 8), fixture.folder.file("hooks/x")])
    #expect(try watcher.changes() == .hooks)
    #expect(try watcher.changes().isEmpty)
  }
}
