import Glibc
import SystemCalls

/// A mailbox of many messages as msg-send delivers them, written directly: all read but the newest twenty.
struct LargeMailbox {
  private let new: Directory
  private let cur: Directory
  private(set) var count = 0
  private var marked = 0
  static let unread = 20

  /// `path` is the folder of the mailbox, in a spool that is there.
  init(at path: String, messages: Int) throws {
    _ = try Program(name: "mkdir", path: "/bin/mkdir", arguments: ["-p", "\(path)/new", "\(path)/cur", "\(path)/tmp"]).run()
    (new, cur) = (try Directory(opening: "\(path)/new"), try Directory(opening: "\(path)/cur"))
    for _ in 0..<messages { try add(isUnread: count >= messages - LargeMailbox.unread) }
  }

  /// Delivers one more, newer than all.
  mutating func add(isUnread: Bool = true) throws {
    count += 1
    let file = LargeMailbox.content(count)
    try (isUnread ? new : cur).open(LargeMailbox.base(count, file) + (isUnread ? "" : ":2,S"), .createExclusively).write(all: file)
  }

  /// Flags one more that is read, as a mail program does.
  mutating func mark() throws {
    marked += 1
    let base = LargeMailbox.base(marked, LargeMailbox.content(marked))
    try cur.rename(base + ":2,S", to: cur, exclusively: base + ":2,FS")
  }

  private static func id(_ number: Int) -> String {
    let digits = String(number)
    return "01M82J2RMS6Y16H8R0" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func base(_ number: Int, _ file: [UInt8]) -> String {
    "\(1_795_000_000 + number).\(id(number)).host,S=\(file.count)"
  }

  private static func content(_ count: Int) -> [UInt8] {
    let (seconds, id) = (1_795_000_000 + count, id(count))
    let minute = String(count % 50 + 10)
    let words = String(repeating: "안녕하세요, \(count)번째 메시지입니다. 점심은 열두 시에 먹어요. ", count: count % 4 + 1)
    let subject = count % 3 == 0 ? "=?UTF-8?B?7ZWc6riAIOygnOuqqQ==?=" : "message number \(count)"
    return Array(
      """
      From: sender\(count % 20) <sender\(count % 20)@localhost>
      Subject: \(subject)
      To: bob <bob@localhost>
      Date: Sun, 22 Nov 2026 16:\(minute):00 +0900
      Message-ID: <\(seconds).\(id).1@host>
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: 8bit
      X-Msg-Id: \(id)
      X-Msg-Copy: 1/1
      X-Msg-Accepted: 2026-11-22T07:\(minute):00.000000Z
      X-Msg-Price: 1
      X-Msg-Fingerprint: 0123456789abcdef

      \(words)

      """.utf8)
  }
}
