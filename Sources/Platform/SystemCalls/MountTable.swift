/// One line of /proc/self/mountinfo (proc_pid_mountinfo(5)), as far as it says how a file system is mounted.
package struct MountEntry: Hashable, Sendable {
  /// Where it is mounted.
  package let mountPoint: String
  /// The file system, as `nfs4`, `fuse.sshfs` or `ceph`.
  package let type: String
  /// What is mounted there: a device, a server's folder, or any word.
  package let source: String
  /// The options of the file system itself, which all of its mount points share; sorted.
  package let options: [String]
}

extension MountEntry {
  /// The first line that is about the device `major:minor`; nil where none is. A line that is not of the form is passed over: other
  /// users choose parts of it, and the kernel writes white space and backslashes in them in octal.
  package static func find(device: (major: UInt32, minor: UInt32), in table: [UInt8]) -> MountEntry? {
    let number = Array("\(device.major):\(device.minor)".utf8)
    for line in table.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard words.count >= 10, words[2].elementsEqual(number), let entry = MountEntry(words) else { continue }
      return entry
    }
    return nil
  }

  /// Words: id, parent, device, root, mount point, its options, any number of fields, `-`, type, source, options.
  private init?(_ words: [ArraySlice<UInt8>]) {
    guard let dash = words[6...].firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }), words.count >= dash + 4 else { return nil }
    mountPoint = MountEntry.plain(words[4])
    type = MountEntry.plain(words[dash + 1])
    source = MountEntry.plain(words[dash + 2])
    options = words[dash + 3].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  /// The bytes behind `\040` and the like; any other backslash stands for itself.
  private static func plain(_ word: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = word
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8),
        digits.allSatisfy({ (48...55).contains($0) })
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Directory {
  private static let tableLimit = 16 << 20

  /// How the file system there is mounted; nil where the table has no line for it. Throws where /proc is not there to tell.
  package func mount() throws(SystemError) -> MountEntry? {
    let device = try descriptor.status().identity.device
    let path = "/proc/self/mountinfo"
    guard let table = try Directory(opening: "/proc/self").contents(of: "mountinfo", limit: Directory.tableLimit) else {
      throw SystemError(.noEntry, call: "open", subject: path)
    }
    return MountEntry.find(device: deviceNumbers(device), in: table)
  }
}

/// The parts of `st_dev`, as makedev(3) puts them together.
private func deviceNumbers(_ device: UInt64) -> (major: UInt32, minor: UInt32) {
  (
    major: UInt32(truncatingIfNeeded: (device >> 32) & 0xffff_f000 | (device >> 8) & 0xfff),
    minor: UInt32(truncatingIfNeeded: (device >> 12) & 0xffff_ff00 | device & 0xff)
  )
}
