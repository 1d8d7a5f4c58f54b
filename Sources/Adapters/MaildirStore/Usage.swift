internal import MessageFormat
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// What a mailbox holds, or all of them: counted once, with each delivery since then.
struct Usage: Hashable {
  var messages: Int64 = 0
  var bytes: Int64 = 0
  /// When it was counted.
  var counted: Timestamp
  /// The state of the folders that were counted, as text; empty where they have changed since, or may have.
  var stamp = ""

  /// The file's longest line.
  private static let limit = 256

  init(counted: Timestamp) { self.counted = counted }

  /// One line: messages, bytes, microseconds since the epoch, stamp, checksum.
  var line: [UInt8] {
    let content = "\(messages) \(bytes) \(counted.microseconds) \(stamp.isEmpty ? "-" : stamp)"
    return Array("\(content) \(CRC32C.checksum(Array(content.utf8)))\n".utf8)
  }

  /// Nil for anything but a whole line; what a longer one left behind it does not count.
  init?(_ content: [UInt8]) {
    guard let end = content.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let words = String(decoding: content[..<end], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 5, let messages = Int64(words[0]), let bytes = Int64(words[1]), let time = Int64(words[2]), messages >= 0,
      bytes >= 0
    else { return nil }
    (self.messages, self.bytes, counted) = (messages, bytes, Timestamp(microseconds: time))
    stamp = words[3] == "-" ? "" : String(words[3])
    if line != Array(content[...end]) { return nil }
  }

  mutating func add(_ size: Int64) { (messages, bytes, stamp) = (messages.saturatingSum(1), bytes.saturatingSum(size), "") }

  static func read(_ file: borrowing FileDescriptor) throws(SystemError) -> Usage? { Usage(try file.read(limit, at: 0)) }

  func write(_ file: borrowing FileDescriptor) throws(SystemError) { try file.write(all: line, at: 0) }
}

/// The messages in one mailbox, counted from its folders.
struct MailboxCount {
  private let folders: [Directory]

  init(of mailbox: Name, in root: SpoolRoot) throws(SystemError) {
    var folders: [Directory] = []
    for part in [MaildirPart.new, .current] {
      if let folder = try root.folderIfPresent(.mailbox(mailbox).part(part)) { folders.append(folder) }
    }
    self.folders = folders
  }

  var isEmpty: Bool { folders.isEmpty }

  /// Changes when a name in the folders does; empty where a change could still leave it as it is (times of folders are coarse).
  func stamp() throws(SystemError) -> String {
    var words: [String] = []
    for folder in folders {
      let status = try folder.descriptor.status()
      if wallClock() - status.modified < .seconds(1) { return "" }
      let time = status.modified.components
      words.append("\(status.identity.inode):\(time.seconds):\(time.attoseconds / 1_000_000_000)")
    }
    return words.joined(separator: ",")
  }

  /// Counts. The size of a message is that in its name, else that of its file.
  func usage(now: Timestamp) throws(SystemError) -> Usage {
    var usage = Usage(counted: now)
    let before = try stamp()
    for folder in folders {
      try folder.eachName { (name, kind) throws(SystemError) in
        guard try MaildirMailbox.isMessage(name, kind, in: folder) else { return true }
        if let size = MailboxCount.size(inName: name) {
          usage.add(size)
        } else if let status = try folder.status(of: MaildirMailbox.bytes(of: name)) {
          usage.add(Int64(status.size))
        }
        return true
      }
    }
    if try stamp() == before { usage.stamp = before }
    return usage
  }

  /// The digits behind `,S=` (Dovecot's); nil where there are none.
  private static func size(inName name: borrowing Span<UInt8>) -> Int64? {
    var index = 0
    while index + 3 < name.count {
      if name[index] == UInt8(ascii: ","), name[index + 1] == UInt8(ascii: "S"), name[index + 2] == UInt8(ascii: "=") {
        var (digits, size) = (index + 3, Int64(0))
        while digits < name.count, (48...57).contains(name[digits]), digits < index + 18 {
          size = size * 10 + Int64(name[digits] - 48)
          digits += 1
        }
        return digits > index + 3 ? size : nil
      }
      index += 1
    }
    return nil
  }
}
