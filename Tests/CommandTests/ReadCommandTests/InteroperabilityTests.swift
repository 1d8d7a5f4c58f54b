import JSONText
import TestSupport
import Testing

/// What msg-send delivered, in the hands of the mail programs people have: each reads it whole, changes it, and msg-read agrees;
/// and what their delivery programs put into the mailbox is listed.
struct InteroperabilityTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    for place in ["new", "cur", "tmp"] { _ = try mailbox.shell("rm -f \(place)/.keep") }
    for number in 1...4 {
      let sent = try mailbox.spool.run("msg-send", ["-s", "안녕 제목 \(number)", "alice", "한글 본문 \(number)"], user: "bob")
      if sent.status != 0 { throw TestFailure(sent) }
    }
  }

  private func states() throws -> [Substring] { try mailbox.read("--all").lines.map { $0.prefix(5) } }

  private func script(_ name: String, _ text: String) throws { try mailbox.spool.folder.write(name, text) }

  /// Runs a shell script in the mailbox, under a locale of UTF-8.
  private func utf8(_ script: String) throws -> ToolRun { try mailbox.shell(script, environment: ["LC_ALL": "C.UTF-8"]) }

  // Fails when notmuch reads another subject, text or date than was sent, or its tags and our flags disagree.
  @Test func notmuch() throws {
    try script(
      "notmuchrc",
      """
      [database]
      path=\(mailbox.spool.folder.path)/notmuch
      mail_root=\(mailbox.spool.path)/mailboxes
      [user]
      primary_email=alice@localhost
      [new]
      tags=unread;inbox;
      [maildir]
      synchronize_flags=true
      """)
    let found = try utf8(
      """
      mkdir ~/notmuch && export NOTMUCH_CONFIG="$HOME/notmuchrc" && notmuch new >/dev/null &&
      notmuch search --output=messages '*' | wc -l &&
      notmuch show --format=json --body=true 'subject:"제목 2"' | jq -r '.. | objects | (.content? // empty) | strings' &&
      notmuch show --format=json 'subject:"제목 2"' | jq -r '.. | objects | (.timestamp? // empty)' &&
      notmuch tag -unread +flagged -- 'subject:"제목 2"' &&
      printf 'From: x@y\\nSubject: =?EUC-KR?B?x9GxtA==?=\\nMessage-ID: <i@x>\\nDate: Sun, 22 Nov 2026 17:00:00 +0900\\n\\nin\\n' |
        notmuch insert --folder=alice
      """)
    #expect(found.lines.count == 3 && found.lines.prefix(2) == ["4", "한글 본문 2"], "\(found)")
    let date = try JSONValue(parsing: try mailbox.read("--json", "--peek", "2").output)["date"]?.string
    let seconds = try #require(try utf8("date -u -d '\(date ?? "")' +%s").lines.first)
    #expect(found.lines.last == seconds, "notmuch and msg-read agree on when it was sent")
    #expect(try states().prefix(4) == ["1 N--", "2 -F-", "3 N--", "4 N--"])
    #expect(try mailbox.read("--all", "--match=한굔").lines.count == 1)
  }

  // Fails when mu does not find a message by a word of its subject, or sees other flags.
  @Test func mu() throws {
    #expect(try mailbox.read("--body", "1").output == "한글 본문 1\n" && mailbox.read("--flag", "1").status == 0)
    let found = try utf8(
      """
      mu init --muhome="$HOME/mu" --maildir="$MSG_SPOOL/mailboxes" >/dev/null && mu index --quiet --muhome="$HOME/mu" >/dev/null &&
      mu find --muhome="$HOME/mu" --sortfield=subject --fields='g s' 제목 && mu find --muhome="$HOME/mu" --fields=p 본문 | wc -l
      """)
    #expect(found.lines == ["FS 안녕 제목 1", "Nu 안녕 제목 2", "Nu 안녕 제목 3", "Nu 안녕 제목 4"] + ["4"], "\(found)")
  }

  // Fails when Dovecot complains of a file (a wrong `S=`), reads something else, or its flags and removals are not seen, by doveadm and
  // IMAP.
  @Test func dovecot() throws {
    try script(
      "dovecot.conf",
      """
      protocols =
      base_dir = \(mailbox.spool.folder.path)/run
      log_path = /dev/stderr
      ssl = no
      mail_location = maildir:\(mailbox.spool.path)/mailboxes/alice
      first_valid_uid = 1
      first_valid_gid = 1
      """)
    try script(
      "imap", "a select INBOX\r\nb store 1 +flags (\\Answered \\Seen)\r\nc search unseen\r\nd fetch 4 body.peek[text]\r\ne logout\r\n")
    // Dovecot works for no root.
    try script(
      "session",
      """
      export USER=alice
      admin() { doveadm -c "$HOME/dovecot.conf" "$@"; }
      admin fetch text mailbox INBOX header subject '제목 2' | grep -c '한글 본문 2'
      admin search mailbox INBOX body '본문' | wc -l
      date -u -d "$(admin fetch date.sent mailbox INBOX header subject '제목 2' | sed -n 's/^date.sent: \\(.*\\) (\\(.*\\))$/\\1 \\2/p')" +%s
      admin flags add '\\Seen \\Flagged' mailbox INBOX header subject '제목 2'
      admin expunge mailbox INBOX header subject '제목 3'
      # From a pipe: Dovecot waits for its input by epoll(7), which takes no file.
      cat "$HOME/imap" | admin exec imap
      """)
    let result = try utf8(
      """
      if [ "$(id -u)" = 0 ]; then chown -R 12345:12345 "$HOME" && exec setpriv --reuid=12345 --regid=12345 --clear-groups sh "$HOME/session"; fi
      sh "$HOME/session"
      """)
    let date = try JSONValue(parsing: try mailbox.read("--json", "--peek", "2").output)["date"]?.string
    let seconds = try #require(try utf8("date -u -d '\(date ?? "")' +%s").lines.first)
    #expect(result.lines.prefix(3) == ["1", "4", seconds] && !result.errors.contains("Error"), "\(result)")
    #expect(result.output.contains("* SEARCH 3") && result.output.contains("3 EXISTS"), "\(result)")
    #expect(try states() == ["1 --R", "2 -F-", "3 N--"])
    #expect(try mailbox.read("--body", "--peek", "3").output == "한글 본문 4\n")
  }

  // Fails when mbsync loses a mark on its way to another Maildir or back, or a number moves though it adds to the names.
  @Test func mbsync() throws {
    try script(
      "mbsyncrc",
      """
      MaildirStore far
      Path \(mailbox.spool.folder.path)/far/
      Inbox \(mailbox.spool.folder.path)/far/INBOX

      MaildirStore near
      Path \(mailbox.spool.folder.path)/near/
      Inbox \(mailbox.spool.path)/mailboxes/alice

      Channel both
      Far :far:
      Near :near:
      Sync All
      Create Both
      Expunge Both
      SyncState \(mailbox.spool.folder.path)/state/

      """)
    let before = try mailbox.read("--all", "--json").lines.map { try JSONValue(parsing: $0)["id"]?.string }
    let synced = try utf8("mkdir ~/far ~/near ~/state && mbsync -q -c ~/mbsyncrc both && ls ~/far/INBOX/new | wc -l && msg-read --body 1")
    #expect(synced.lines == ["4", "한글 본문 1"], "\(synced)")
    let back = try utf8(
      """
      mbsync -q -c ~/mbsyncrc both && cd ~/far/INBOX && ls cur | wc -l &&
      f=$(grep -l '한글 본문 4' new/*) && mv "$f" "cur/$(basename "${f%%:2,*}"):2,FRS" && mbsync -q -c ~/mbsyncrc both
      """)
    #expect(back.lines == ["1"] && back.status == 0, "\(back)")
    #expect(try states() == ["1 ---", "2 N--", "3 N--", "4 -FR"])
    #expect(try mailbox.read("--all", "--json").lines.map { try JSONValue(parsing: $0)["id"]?.string } == before, "numbers and ids stay")
  }

  // Fails when what a delivery program puts there is not listed, numbered by its time and shown.
  @Test(arguments: ["mdeliver .", "maildrop \"$HOME/filter\""])
  func delivery(command: String) throws {
    try script("filter", "to \"\(mailbox.spool.path)/mailboxes/alice\"\n")
    let result = try utf8(
      """
      chmod 600 ~/filter
      printf 'From: =?utf-8?B?67CV?= <p@x>\\nSubject: =?utf-8?B?7J247IKs?=\\nContent-Type: text/plain; charset=euc-kr\\n\\n\\307\\321\\261\\333\\n' > ~/mail
      \(command) < ~/mail && msg-read --all | tail -n 1 | cut -c3-5,24- && msg-read --body last
      """)
    #expect(result.lines == ["N--  박   인사", "한글"], "\(result)")
    #expect(try states().last == "5 ---")
  }
}
