internal import Foundation
import TestSupport

/// Where the spool of a storm is.
enum StormDisk: String, Sendable {
  /// In the folder for temporary files.
  case plain
  /// On a file system in memory.
  case tmpfs
  /// On a small ext4 that is full now and then.
  case full
  /// On an ext4 that gives up in the middle of everything and is read-only until it is mounted again. What was not synced is lost.
  case readonly

  /// Whether commands may fail because of it.
  var fails: Bool { self == .full || self == .readonly }

  /// Mounts it; root alone may do that.
  func mount(in folder: TemporaryFolder) throws {
    let (place, image) = (folder.file("spool"), folder.file("disk"))
    switch self {
    case .plain: return
    case .tmpfs: try command("mount", ["-t", "tmpfs", "none", place])
    case .full, .readonly:
      try command("truncate", ["-s", self == .full ? "48M" : "512M", image])
      try command("mkfs.ext4", ["-q", "-m", "0", "-b", "4096", "-N", "32768", image])
      try mountImage(in: folder)
      // A folder that holds anything else does not become a spool.
      try command("rmdir", ["\(place)/lost+found"])
    }
    try command("chmod", ["700", place])
  }

  /// What is on the disk when the storm begins stays there. In the end a full one gets room for what is still to be done.
  func begin(in folder: TemporaryFolder) throws {
    if self == .full { try command("fallocate", ["-l", "20M", folder.file("spool/reserve")]) }
    if fails { try command("sync", ["-f", folder.file("spool")]) }
  }

  func end(in folder: TemporaryFolder) throws {
    if self == .full { try command("rm", ["-f", folder.file("spool/reserve")]) }
  }

  private func mountImage(in folder: TemporaryFolder) throws {
    try command("mount", ["-o", "loop", folder.file("disk"), folder.file("spool")])
  }

  /// Programs that outlived their callers may hold it for a moment.
  func unmount(in folder: TemporaryFolder) throws {
    guard self != .plain else { return }
    var last: ToolRun?
    let deadline = Date(timeIntervalSinceNow: 30)
    while Date() < deadline {
      last = try run("umount", [folder.file("spool")])
      if last?.status == 0 { return }
      usleep(20_000)
    }
    throw HarnessFailure("cannot unmount the spool: \(last.map(String.init(describing:)) ?? "")")
  }

  /// The disk fails under whoever writes on it: ext4 is told to give up as it does after an error.
  func fail(in folder: TemporaryFolder) throws { try command("mount", ["-o", "remount,abort", folder.file("spool")]) }

  /// Repairs and mounts it, while nobody uses it.
  func mountAgain(in folder: TemporaryFolder) throws {
    try unmount(in: folder)
    // Not -p: what it was told to give up may have left a list of removed files half done, which -p leaves to a person.
    let check = try run("e2fsck", ["-y", folder.file("disk")])
    guard check.status <= 1 else { throw HarnessFailure("e2fsck: \(check)") }
    try mountImage(in: folder)
  }
}
