import JSONText
import TestSupport
import Testing

/// Output that fails, folders that refuse.
struct TroubleTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    try mailbox.add(1, text: "one\n")
    try mailbox.add(2, text: "two\n")
  }

  // Fails when a message counts as read that nobody has received, or a failed write goes by in silence.
  @Test(arguments: ["msg-read next >/dev/full", "msg-read next >&-", "msg-read --json 1-2 >/dev/full", "msg-read --raw 1 >&-"])
  func lostOutput(script: String) throws {
    let result = try mailbox.shell(script)
    #expect(result.status == 74 && result.errors.hasPrefix("msg-read: standard output: "), "\(result)")
    #expect(mailbox.flags() == [1: nil, 2: nil])
  }

  // Fails when a reader that goes away leaves noise, or marks what it never got.
  @Test func brokenPipe() throws {
    let text = String(repeating: "a long line of text\n", count: 100_000)
    try mailbox.add(3, text: text)
    let result = try mailbox.shell("msg-read --body 3 | head -n 1")
    #expect(result.output == "a long line of text\n" && result.errors.isEmpty && mailbox.flags()[3] == .some(nil))
  }

  /// Mounts the spool read-only where the test may do that, else takes the permission to write away.
  private func readOnly(_ command: String) throws -> ToolRun {
    try mailbox.shell(
      """
      if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
        exec unshare -m sh -c 'mount --bind "$MSG_SPOOL" "$MSG_SPOOL" && mount -o remount,bind,ro "$MSG_SPOOL" && \(command)'
      elif [ "$(id -u)" = 0 ]; then
        chmod 755 "$MSG_SPOOL/.." && chmod -R a+rX "$MSG_SPOOL" && exec setpriv --reuid=65534 --clear-groups \(command)
      else
        chmod -R a-w "$MSG_SPOOL"; \(command); status=$?; chmod -R u+w "$MSG_SPOOL"; exit $status
      fi
      """)
  }

  // Fails when a spool that cannot be written cannot be read, or when the missing mark goes by in silence.
  @Test func readOnlySpool() throws {
    let shown = try readOnly("msg-read --body 1-2")
    #expect(shown.output == "one\ntwo\n" && (shown.status == 73 || shown.status == 77), "\(shown)")
    #expect(shown.errors.split(separator: "\n").count == 1 && shown.errors.contains("rename failed"), "one complaint: \(shown)")
    let peeked = try readOnly("msg-read --body --peek 1-2")
    #expect(peeked.output == "one\ntwo\n" && peeked.status == 0 && peeked.errors.isEmpty, "\(peeked)")
    #expect(try readOnly("msg-read --count").output == "2\n")
    #expect(mailbox.flags() == [1: nil, 2: nil])
  }

  // Fails when what changes messages trusts a spool that anybody may write to, or when looking at one is refused.
  @Test(
    arguments: [
      ("1", 78), ("--body next", 78), ("--delete 1", 78), ("--mark-read --all", 78), ("--flag 1", 78), ("", 0), ("--peek 1", 0),
      ("--count", 0), ("--boxes", 0),
    ] as [(String, Int32)])
  func othersMayWrite(words: String, status: Int32) throws {
    let result = try mailbox.shell("chmod 777 ../.. && msg-read \(words)")
    #expect(result.status == status, "\(result)")
    #expect(result.errors.contains("others may write") == (status == 78), "\(result)")
    #expect(mailbox.flags() == [1: nil, 2: nil])
  }

  // Fails when folders that a copy of the spool lost keep a message from being marked.
  @Test func missingCurrentFolder() throws {
    let result = try mailbox.shell("rm -r cur tmp && msg-read --body next && stat -c %a cur")
    #expect(result.output == "one\n700\n" && result.status == 0 && mailbox.flags() == [1: "S", 2: nil])
  }

  // Fails when one message that cannot be opened hides the others.
  @Test func unreadableMessage() throws {
    let result = try mailbox.shell(
      """
      chmod 0 new/*381.*
      if [ "$(id -u)" = 0 ]; then
        chmod -R a+rwX ../../.. && chmod 0 new/*381.*
        exec setpriv --reuid=65534 --clear-groups msg-read
      fi
      msg-read
      """)
    #expect(result.status == 77 && result.lines.map { $0.prefix(1) } == ["2"], "\(result)")
    #expect(result.errors.contains("Permission denied: check its owner and permissions"))
  }

  // Fails when a name that is not UTF-8 makes a message vanish, keeps it from being read, marked or deleted, or makes JSON invalid.
  @Test func undecodableNames() throws {
    let made = try mailbox.shell(
      #"for n in '9.\377.h' '8.\300\257.h' '\355\240\200'; do printf 'From: eve@x\n\nhello\n' > "new/$(printf "$n")" || exit; done"#)
    #expect(made.status == 0)
    let list = try mailbox.read("--json")
    let ids = try list.lines.map { try JSONValue(parsing: $0)["id"]?.string }
    #expect(
      Set(ids).isSuperset(of: ["9.\u{fffd}.h", "8.\u{fffd}\u{fffd}.h", "\u{fffd}\u{fffd}\u{fffd}"]) && list.errors.isEmpty, "\(list)")
    let before = list.lines.count
    #expect(try mailbox.read("--body", "9.\u{fffd}.h").output == "hello\n")
    #expect(try mailbox.read("--flag", "1").status == 0 && mailbox.read("--flag", "2").status == 0)
    #expect(try mailbox.shell(#"ls cur | LC_ALL=C grep -c ':2,F'"#).output == "2\n")
    #expect(try mailbox.read("--flagged", "--json").lines.count == 2)
    // By a view too, and several at once.
    #expect(try mailbox.read("--delete", "1-2").status == 0)
    #expect(try mailbox.read("--delete", "\u{fffd}\u{fffd}\u{fffd}").status == 0)
    #expect(try mailbox.read("--all", "--json").lines.count == before - 3)
    #expect(try mailbox.shell("ls new cur | LC_ALL=C grep -c '[^ -~]'").output == "0\n")
  }
}
