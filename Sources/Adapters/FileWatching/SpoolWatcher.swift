// How the daemon learns of new events without asking all the time.
//
//   watch the feed and its newest segments, then scan, then wait: what comes between watch and scan is seen twice, never not at all.
//   A segment that begins is a new name in the feed: watch it, then scan.
//   An event happens a moment after it is in the feed, when its message leaves the outbox: that is watched too.
//   An overflow, or a watch that went away, means: look at everything.
//   However good the notices are, everything is looked at every 5 s. Where changes may go unnoticed (NFS, FUSE, SMB, 9p), or the
//   user has no watch left, every 2 s is all there is.

package import SystemCalls

/// Says when it is worth looking at the feed or at the hooks again.
package final class SpoolWatcher {
  /// How changes are noticed.
  package enum Mode: Hashable, Sendable {
    case inotify
    /// Looked for every two seconds; why.
    case polling(String)
  }

  /// What may have changed.
  package struct Change: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let feed = Change(rawValue: 1)
    package static let hooks = Change(rawValue: 2)
    package static let settings = Change(rawValue: 4)
    /// A segment has begun, or something else has come into the feed's own folder: it is time to `watch` again.
    package static let segments = Change(rawValue: 8)
    /// Something has left the outbox: an event that was announced before may have happened.
    package static let outbox = Change(rawValue: 16)
    package static let everything: Change = [feed, hooks, settings, segments, outbox]
  }

  /// Between two looks at everything.
  private static let probeInterval = Duration.seconds(5)
  private static let pollInterval = Duration.seconds(2)

  private var inotify: Inotify?
  package private(set) var mode: Mode
  private var feedWatches: [String: Int32] = [:]
  /// The watch of the first of the feed's directories, in which segments begin.
  private var segmentWatch: Int32?
  private var outboxWatch: Int32?
  private var hookWatch: Int32?
  private var settingWatches: Set<Int32> = []
  private var nextProbe: Deadline = .now

  /// `spool` is any directory of the spool's file system.
  package init(spool: Directory) {
    if spool.isRemoteFileSystem {
      mode = .polling("the file system does not tell of changes")
      return
    }
    mode = .inotify
    do { inotify = try Inotify() } catch { mode = .polling("\(error.code) (inotify)") }
  }

  /// What to wait for; nil while polling.
  package var descriptor: Int32? {
    switch inotify {
    case .some(let watch): watch.descriptor
    case .none: nil
    }
  }

  /// When everything is looked at next whatever happens.
  package var deadline: Deadline { nextProbe }

  /// Watches these directories of the feed, of which the first is its own, the outbox, and the folder of hooks; call it before a
  /// scan, whenever segments may have begun.
  /// `settings` are folders of small files whose change counts as a change of settings; the ones named last stay watched.
  package func watch(feed paths: [String], outbox: String, hooks: String, settings: [String] = []) {
    guard mode == .inotify else { return }
    do throws(SystemError) {
      var watches: [String: Int32] = [:]
      for path in paths { watches[path] = try add(path, .arrivals) }
      feedWatches = watches.compactMapValues { $0 }
      segmentWatch = paths.first.flatMap { feedWatches[$0] }
      outboxWatch = try add(outbox, .departures)
      hookWatch = try add(hooks, .changes)
      for path in settings { if let watch = try add(path, .changes) { settingWatches.insert(watch) } }
    } catch {
      inotify = nil
      mode = .polling("\(error.code) (inotify)")
    }
  }

  /// Nil for a directory that is not there.
  private func add(_ path: String, _ interest: Inotify.Interest) throws(SystemError) -> Int32? {
    do {
      switch inotify {
      case .some(let watch): return try watch.watch(path, for: interest)
      case .none: return nil
      }
    } catch {
      if error.code == .noEntry || error.code == .notDirectory || error.code == .accessDenied { return nil }
      throw error
    }
  }

  /// What has changed since the last call; everything once its time has come.
  package func changes() throws(SystemError) -> Change {
    if nextProbe.hasPassed {
      nextProbe = .after(mode == .inotify ? SpoolWatcher.probeInterval : SpoolWatcher.pollInterval)
      _ = try notices()
      return .everything
    }
    let notices = try notices()
    if notices.hasOverflowed { return .everything }
    var change: Change = []
    if feedWatches.values.contains(where: notices.watches.contains) { change.insert(.feed) }
    if let segmentWatch, notices.watches.contains(segmentWatch) { change.insert(.segments) }
    if let outboxWatch, notices.watches.contains(outboxWatch) { change.insert(.outbox) }
    if let hookWatch, notices.watches.contains(hookWatch) { change.insert(.hooks) }
    if !settingWatches.isDisjoint(with: notices.watches) { change.insert(.settings) }
    return change
  }

  private func notices() throws(SystemError) -> Inotify.Notices {
    switch inotify {
    case .some(let watch): try watch.read()
    case .none: Inotify.Notices()
    }
  }
}
