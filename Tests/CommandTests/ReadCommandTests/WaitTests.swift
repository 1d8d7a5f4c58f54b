import TestSupport
import Testing

/// Waiting for messages. What comes is sent by the shell while msg-read waits; nothing depends on how long that takes.
struct WaitTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    try mailbox.add(1, from: "bob", text: "old\n", place: "cur", flags: "S")
    // To be delivered by a rename.
    for number in 2...4 {
      let name = try mailbox.add(number, from: number == 3 ? "carol" : "bob", text: "text \(number)\n")
      _ = try mailbox.shell("mv 'new/\(name)' 'tmp/\(number)' && echo 'mv tmp/\(number) \"new/\(name)\"' > ../deliver\(number)")
    }
  }

  /// Runs msg-read in the background until the shell has seen that it watches, then goes on with a script.
  private func whileWaiting(_ arguments: String, _ script: String) throws -> ToolRun {
    try mailbox.shell(
      """
      true
      strace -qq -e trace=poll -o ../trace msg-read \(arguments) > ../out 2> ../err & reader=$!
      until grep -q poll ../trace 2>/dev/null; do kill -0 $reader 2>/dev/null || break; done
      \(script)
      wait $reader; echo "status $?"; cat ../out ../err
      """)
  }

  // Fails when a message that comes does not end the wait, or a wait that is not needed waits.
  @Test func wait() throws {
    let waited = try whileWaiting("--wait", ". ../deliver2")
    #expect(waited.lines == ["status 0", "2 N--  2026-11-22 16:43  bob  text 2"], "\(waited)")
    #expect(try mailbox.read("--wait").status == 0, "there is one already")
    #expect(try mailbox.read("--wait=0", "--count").output == "1\n")
    let next = try whileWaiting("--wait --from=carol --json", ". ../deliver3")
    #expect(next.lines.count == 2 && next.output.contains("\"from\":\"carol\""), "\(next)")
  }

  // Fails when the time is not kept to, or its end is not "nothing".
  @Test func timeOut() throws {
    for time in ["0", "1"] {
      let result = try mailbox.read("--wait=\(time)")
      #expect(result.status == 1 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    }
    #expect(try mailbox.read("--wait=0", user: "nobody").status == 1)
    let next = try whileWaiting("--wait next --body", ". ../deliver2")
    #expect(next.lines == ["status 0", "text 2"] && mailbox.flags()[2] == "S", "\(next)")
  }

  // Fails when an arrival is missed, shown twice, or one that does not fit is shown; flags that change are no arrivals, nor are mbsync's
  // numbers.
  @Test func follow() throws {
    let followed = try whileWaiting(
      "--follow --from=bob --limit=2 --json",
      "for f in cur/*S; do mv \"$f\" \"${f%:2,S},U=7:2,FS\"; done; . ../deliver3; . ../deliver2; . ../deliver4")
    let bobs = followed.lines.dropFirst().map { $0.contains("\"from\":\"bob\"") && ($0.contains("text 2") || $0.contains("text 4")) }
    #expect(followed.lines.first == "status 0" && bobs == [true, true], "\(followed)")
    #expect(mailbox.flags()[2] == .some(nil), "following marks nothing")
  }

  // Fails when following goes on after it was told to end, or leaves files behind.
  @Test(arguments: ["HUP", "TERM"])
  func told(signal: String) throws {
    let ended = try whileWaiting("--follow", "kill -\(signal) $(pgrep -P $reader)")
    #expect(ended.lines.first?.hasPrefix("status 1") == true && !ended.output.contains("msg-read:"), "\(ended)")
    #expect(mailbox.spool.folder.names(in: "spool/tmp").isEmpty)
  }

  // Fails when a mailbox, or a spool's folder of them, that is made only after the wait began is never looked at.
  @Test func mailboxMadeMeanwhile() throws {
    let made = try whileWaiting("--wait --user=zoe", "mkdir -p ../zoe/tmp ../zoe/cur ../zoe/new; . ../deliver2; mv new/*382.* ../zoe/new/")
    #expect(made.lines.first == "status 0" && made.output.contains("text 2"), "\(made)")
  }

  // Fails when a file system that does not tell of changes is waited for in vain (a FUSE mount stands in for NFS).
  @Test func noNotices() throws {
    let result = try mailbox.shell(
      """
      mkdir ../../../mnt && bindfs ../.. ../../../mnt || exit 99
      trap 'fusermount -u ../../../mnt || umount ../../../mnt' EXIT
      (until [ -s ../trace ]; do :; done; . ../deliver2) &
      strace -qq -e trace=poll -o ../trace msg-read --spool ../../../mnt --wait=20 --count
      """)
    #expect(result.status != 99, "bindfs cannot mount here: install bindfs, and give access to /dev/fuse")
    #expect(result.output == "1\n", "\(result)")
  }
}
