// How a reader that waits learns of new messages: watch, then look, then wait. What comes between watch and look is seen by the
// look, and wakes once more for nothing.
//
// Where changes may go unnoticed (NFS, FUSE, SMB, 9p), where the user has no watch left, or while a folder is missing, looking
// every second or two is all there is; and however good the notices are, every 5 s there is a look without one.

package import SystemCalls

/// Waits until names in some folders may have changed.
package final class FolderWatcher {
  private static let probeInterval = Duration.seconds(5)
  private static let pollInterval = Duration.seconds(2)
  private static let missingInterval = Duration.seconds(1)

  private var inotify: Inotify?
  private var isMissing = false

  /// `spool` is any directory of the spool's file system.
  package init(spool: Directory) {
    if !spool.isRemoteFileSystem { inotify = try? Inotify() }
  }

  /// Watches these folders; call it before each look, for one may have been made meanwhile.
  package func watch(_ paths: [String]) {
    isMissing = false
    for path in paths where !add(path) { isMissing = true }
  }

  private func add(_ path: String) -> Bool {
    do throws(SystemError) {
      switch inotify {
      case .some(let watch): _ = try watch.watch(path, for: .changes)
      case .none: break
      }
      return true
    } catch {
      // No watch left: without them, then.
      if error.code == .noSpace { inotify = nil }
      return false
    }
  }

  /// Returns when something may have changed, at `deadline`, or when it is time to look anyway.
  package func wait(until deadline: Deadline?) throws(SystemError) {
    let interval = descriptor == nil ? FolderWatcher.pollInterval : isMissing ? FolderWatcher.missingInterval : FolderWatcher.probeInterval
    let limit = deadline.map { min(interval, max(.zero, $0.remaining)) } ?? interval
    _ = try waitForAny(descriptor.map { [$0] } ?? [], for: limit)
    switch inotify {
    case .some(let watch): _ = try watch.read()
    case .none: break
    }
  }

  private var descriptor: Int32? {
    switch inotify {
    case .some(let watch): watch.descriptor
    case .none: nil
    }
  }
}
