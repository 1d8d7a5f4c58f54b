internal import CSystemShims

/// Notice of changes in directories of this host (inotify(7)).
package struct Inotify: ~Copyable {
  private let file: FileDescriptor

  /// What a watch tells of.
  package enum Interest: Sendable {
    /// New names: made, linked or moved in.
    case arrivals
    /// Names that go: moved away or removed.
    case departures
    /// New names, and files that grow.
    case growth
    /// Any change of names or of permissions.
    case changes
  }

  /// What was read in one go.
  package struct Notices: Hashable, Sendable {
    /// The watches that something happened to.
    package var watches: Set<Int32> = []
    /// More happened than the kernel kept: everything has to be looked at again.
    package var hasOverflowed = false
    package init() {}
  }

  /// EMFILE when the user has no instance left.
  package init() throws(SystemError) {
    let raw = try check("inotify_init", "inotify") { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) }
    file = FileDescriptor(owning: raw, path: "inotify")
  }

  package var descriptor: Int32 { file.raw }

  /// Watches a directory and says the watch's number; watching it again gives the same number. ENOSPC when the user has no watch left.
  package borrowing func watch(_ path: String, for interest: Interest) throws(SystemError) -> Int32 {
    let mask =
      switch interest {
      case .arrivals: UInt32(IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)
      case .departures: UInt32(IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)
      case .growth: UInt32(IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR)
      case .changes: UInt32(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_CLOSE_WRITE | IN_ONLYDIR)
      }
    return try check("inotify_add_watch", path) { unsafe inotify_add_watch(file.raw, path, mask) }
  }

  /// Everything that has happened so far; empty when nothing has.
  package borrowing func read() throws(SystemError) -> Notices {
    var notices = Notices()
    while true {
      let bytes: [UInt8]
      do { bytes = try file.read(upTo: 1 << 16) } catch {
        if error.code == .wouldBlock { return notices }
        throw error
      }
      if bytes.isEmpty { return notices }
      take(bytes, into: &notices)
    }
  }

  /// struct inotify_event: watch, mask, cookie, length (4 bytes each), then `length` bytes of name.
  private borrowing func take(_ bytes: [UInt8], into notices: inout Notices) {
    func number(_ offset: Int) -> UInt32 { (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) } }
    var position = 0
    while position + 16 <= bytes.count {
      let watch = Int32(bitPattern: number(position))
      if watch < 0 { notices.hasOverflowed = true } else { notices.watches.insert(watch) }
      position += 16 + Int(number(position + 12))
    }
  }
}
