// Which network file systems a spool may be written on.
//
//   the spool is on                                    a command that writes
//   a local file system (fstatfs)                      writes; nothing more is asked
//   a FUSE file system that only one host can have     writes
//   another one whose locks hold on one host only      78: the option that must go
//   another one, `hosts` is not `many`                 78
//   another one, no proof for its type and options     78: the test to run
//   another one, proven                                writes
//
// A proof is a line of the file `mounts` in the spool: `TIME TYPE OPTIONS`. `msg-pay verify --mounts` writes it when two mounts with these
// options have passed its test, and takes it out when they fail. The file is written anew in `tmp/` and renamed, so a crash leaves
// the old lines or the new ones; two tests at once may lose a line, which costs another test.
//
// The options are those of the file system (the last field of /proc/self/mountinfo), without those that each host and user has its own.
// What a FUSE program was told on its command line alone is not among them.

internal import DurableFiles
package import SharedKernel
package import SystemCalls

/// The type and options of a mount, as a proof names them.
package struct MountKind: Hashable, Sendable {
  /// As `nfs4` or `fuse.sshfs`.
  package let type: String
  /// Sorted, with commas between; `-` for none.
  package let options: String

  package init(_ mount: MountEntry) {
    type = MountKind.oneWord(mount.type)
    let shared = mount.options.filter { !MountKind.ownKeys.contains(MountKind.key(of: $0)) }
    options = shared.isEmpty ? "-" : MountKind.oneWord(shared.joined(separator: ","))
  }

  fileprivate init(type: String, options: String) { (self.type, self.options) = (type, options) }

  /// Differ between hosts and users, and change nothing in what is seen when.
  private static let ownKeys: Set<String> = [
    "addr", "clientaddr", "mountaddr", "fd", "name", "secret", "fsid", "user_id", "group_id", "rootmode", "uid", "gid", "username", "ro",
    "rw",
    "seclabel",
  ]

  private static func key(of option: String) -> String { String(option.prefix { $0 != "=" }) }

  /// A line has three words.
  private static func oneWord(_ text: String) -> String {
    let visible = String(text.unicodeScalars.map { $0.value <= 32 || $0.value == 127 ? "_" : Character($0) })
    return visible.isEmpty ? "-" : visible
  }

  /// FUSE file systems on a disk or a folder of this host, which no other host mounts: a disk's, and those of containers.
  fileprivate var isOfOneHost: Bool { type == "fuseblk" || type == "fuse.fuse-overlayfs" }

  /// Whether some of its options are known to the program alone that serves it.
  package var isOfFUSE: Bool { type == "fuse" || type.hasPrefix("fuse.") }

  /// The option by which locks hold on this host only, so that no test between two mounts of one host says anything about others.
  package var optionWithLocalLocks: String? {
    options.split(separator: ",").map(String.init).first { option in
      ["nolock", "nobrl", "localflock", "localflocks"].contains(option)
        || option.hasPrefix("local_lock=") && option != "local_lock=none"
    }
  }

  /// How such a file system is mounted so that one host sees at once what another did; nil where nothing is known to help.
  package var safeOptions: String {
    switch type {
    case "nfs", "nfs4": "mount it with 'hard,noac,lookupcache=none', without 'nolock' and 'local_lock'"
    case "cifs", "smb3": "mount it with 'cache=none,actimeo=0', without 'nobrl'"
    case "9p": "mount it with 'cache=none'"
    case "fuse.glusterfs": "mount it with 'attribute-timeout=0,entry-timeout=0', and switch off the volume's translators that cache"
    case "fuse.sshfs": "use CephFS; sshfs passes no locks on"
    case "fuse.ceph-fuse", "fuse.ceph": "mount it with '--fuse_disable_pagecache=true' on every host"
    default: "switch off its caches (for FUSE 'attr_timeout=0,entry_timeout=0'), let it pass locks on, or use CephFS"
    }
  }
}

extension MountEntry {
  package var kind: MountKind { MountKind(self) }
}

/// The mounts that a spool was proven on.
package struct MountProofs: Hashable, Sendable {
  /// Lines kept; the oldest go.
  private static let limit = 64

  private var lines: [(time: String, kind: MountKind)] = []

  package init() {}

  /// Passes over lines of another form.
  package init(parsing text: String) {
    for line in SettingsLine.all(in: text, path: SpoolFile.mounts.path) {
      let words = line.words
      if words.count == 3 { lines.append((words[0], MountKind(type: words[1], options: words[2]))) }
    }
  }

  package static func read(in root: SpoolRoot) throws(SystemError) -> MountProofs {
    guard let bytes = try root.contents(of: .mounts, limit: SizeLimit.note) else { return MountProofs() }
    return MountProofs(parsing: String(decoding: bytes, as: UTF8.self))
  }

  package func contains(_ kind: MountKind) -> Bool { lines.contains { $0.kind == kind } }

  /// Another kind of mount of the same type that is proven: its options have changed since.
  fileprivate func hasOther(than kind: MountKind) -> Bool { lines.contains { $0.kind.type == kind.type } }

  package mutating func record(_ kinds: Set<MountKind>, at time: Timestamp) {
    withdraw(kinds)
    for kind in kinds.sorted(by: { ($0.type, $0.options) < ($1.type, $1.options) }) { lines.append((time.rfc3339, kind)) }
    lines.removeFirst(max(0, lines.count - MountProofs.limit))
  }

  package mutating func withdraw(_ kinds: Set<MountKind>) { lines.removeAll { kinds.contains($0.kind) } }

  package var text: String { lines.map { "\($0.time) \($0.kind.type) \($0.kind.options)\n" }.joined() }

  /// Puts them durably into the spool.
  package func write(in root: SpoolRoot) throws(SystemError) {
    let file = try root.temporaryFile("mounts")
    try file.write(Array(text.utf8))
    try file.publish(in: root.directory, replacing: SpoolFile.mounts.path)
  }

  package static func == (left: MountProofs, right: MountProofs) -> Bool { left.text == right.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension SpoolRoot {
  /// Refuses to write (78) on a file system that other hosts may change, where it is not proven that they see each other's changes at once.
  func refuseUnprovenMount(hosts: Hosts) throws(Failure) {
    if !isOnRemoteFileSystem { return }
    let kind = try mountKind()
    if kind.isOfOneHost { return }
    if let option = kind.optionWithLocalLocks { throw Failure(localLocks: option, kind, path) }
    let proofs: MountProofs
    do throws(SystemError) { proofs = try MountProofs.read(in: self) } catch { throw Failure(storage: error) }
    if hosts == .many, proofs.contains(kind) { return }
    let test = "run 'msg-pay --spool \(path) verify --mounts OTHER-MOUNT'"
    let setting = hosts == .many ? "" : "set 'hosts = many' in \(path)/\(SpoolFile.configuration)"
    if proofs.contains(kind) {
      throw Failure(.configuration, "\(path): on \(kind.type), which other hosts may change: not written to", remedy: setting)
    }
    let state = proofs.hasOther(than: kind) ? "not tested with its present options (\(kind.options))" : "not tested"
    throw Failure(
      .configuration, "\(path): on \(kind.type), which other hosts may change, and \(state): not written to",
      remedy: [kind.safeOptions, setting, test].filter { !$0.isEmpty }.joined(separator: "; "))
  }

  /// How the spool is mounted.
  package func mountKind() throws(Failure) -> MountKind {
    do throws(SystemError) {
      if let mount = try directory.mount() { return mount.kind }
    } catch {
      throw Failure(
        .configuration, "\(path): on a network file system, whose options cannot be read: \(error.subject): \(error.code)",
        remedy: "mount /proc")
    }
    throw Failure(
      .configuration, "\(path): on a network file system that /proc/self/mountinfo does not list",
      remedy: "run the command where it is mounted")
  }
}

extension Failure {
  package init(localLocks option: String, _ kind: MountKind, _ path: String) {
    self.init(
      .configuration, "\(path): on \(kind.type) with '\(option)': locks hold on this host only", remedy: "mount it without '\(option)'")
  }
}
