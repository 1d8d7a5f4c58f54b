import JSONText
import TestSupport
import Testing

/// What msg-send delivered as the readers show it that are driven by keys, pipes and scripts: subject, text and date as they were sent,
/// and a change that msg-read sees.
struct OurMailTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    for place in ["new", "cur", "tmp"] { _ = try mailbox.shell("rm -f \(place)/.keep") }
    for number in 1...3 {
      let sent = try mailbox.spool.run("msg-send", ["-s", "안녕 제목 \(number)", "alice", "한글 본문 \(number)"], user: "bob")
      if sent.status != 0 { throw TestFailure(sent) }
    }
  }

  /// Runs a shell script in the mailbox, under a locale of UTF-8.
  private func utf8(_ script: String) throws -> ToolRun { try mailbox.shell(script, environment: ["LC_ALL": "C.UTF-8"]) }

  /// When the message was sent, in seconds since the epoch.
  private func sent(_ number: Int) throws -> String {
    let date = try JSONValue(parsing: try mailbox.read("--json", "--peek", "\(number)").output)["date"]?.string
    return try #require(try utf8("date -u -d '\(date ?? "")' +%s").lines.first)
  }

  private func states() throws -> [Substring] { try mailbox.read("--all").lines.map { $0.prefix(5) } }

  // Fails when mblaze decodes another subject, text or date than was sent, or its mark is not seen.
  @Test func mblaze() throws {
    let shown = try utf8(
      """
      minc . >/dev/null; f=$(mlist . | sort | sed -n 2p)
      mhdr -d -h subject "$f"; mhdr -D -h date "$f"; mshow -N "$f" | tail -n 1; echo "$f" | mflag -SF >/dev/null
      """)
    #expect(shown.lines == ["안녕 제목 2", try sent(2), "한글 본문 2"], "\(shown)")
    #expect(try states() == ["1 N--", "2 -F-", "3 N--"])
  }

  // Fails when of mail from elsewhere msg-read shows another subject or text than mblaze does, or does not find a word of it.
  // (Not Hebrew: of that mblaze loses the last letter of a word alone.)
  @Test(arguments: [
    ("utf-8", "안녕"), ("euc-kr", "안녕하세요"), ("cp949", "똠방각하"), ("iso-2022-kr", "안녕"), ("iso-8859-1", "déjà"),
    ("windows-1252", "“naïve” €"), ("iso-8859-2", "žluťoučký"), ("koi8-r", "привет"), ("windows-1251", "привет"), ("iso-8859-7", "γειά"),
    ("iso-2022-jp", "日本語"), ("shift_jis", "日本語テスト"), ("euc-jp", "日本語"), ("gb2312", "中文"),
    ("gb18030", "中文漢字"), ("big5", "中文漢字"), ("utf-16", "안녕"),
  ])
  func characterSets(charset: String, word: String) throws {
    try mailbox.spool.folder.write(
      "make.py",
      """
      import base64, quopri, sys
      charset, word, kind = sys.argv[1:4]
      data = (word + ' x\\n').encode(charset)
      body = quopri.encodestring(data) if kind == 'quoted-printable' else base64.encodebytes(data)
      lines = ['From: a@b', 'Subject: =?%s?B?%s?=' % (charset, base64.b64encode(word.encode(charset)).decode()), 'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=' + charset, 'Content-Transfer-Encoding: ' + kind, '', '']
      sys.stdout.buffer.write('\\n'.join(lines).encode() + body)
      """)
    let shown = try utf8(
      """
      python3 ~/make.py \(charset) '\(word)' quoted-printable > new/1795999991.a.h
      python3 ~/make.py \(charset) '\(word)' base64 > new/1795999992.b.h
      for f in new/*.a.h new/*.b.h; do mhdr -d -h subject $f; mshow -N $f | sed '1,/^$/d'; done > ../theirs
      for n in $(msg-read --match '\(word) X' --json | jq -r .n); do msg-read --peek --json $n | jq -r .subject; msg-read --body --peek $n; done > ../ours
      cat ../ours; diff ../theirs ../ours
      """)
    #expect(shown.lines == [word, "\(word) x", word, "\(word) x"] && shown.status == 0, "\(shown)")
  }

  // Fails when Python's mailbox and email modules read something else, or their mark is not seen.
  @Test func python() throws {
    let shown = try utf8(
      """
      python3 - <<'END'
      import email, email.policy, mailbox
      box = mailbox.Maildir('.', create=False)
      for key in list(box.keys()):
          message = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
          if message['Subject'] == '안녕 제목 2':
              print(message['Subject']); print(int(message['Date'].datetime.timestamp())); print(message.get_content(), end='')
              message = box[key]; message.set_subdir('cur'); message.set_flags('RS'); box[key] = message
      END
      """)
    #expect(shown.lines == ["안녕 제목 2", try sent(2), "한글 본문 2"], "\(shown)")
    #expect(try states() == ["1 N--", "2 --R", "3 N--"])
  }

  // Fails when mutt or its successor prints something else, or what it printed does not count as read.
  @Test(arguments: ["mutt", "neomutt"])
  func mutt(program: String) throws {
    try mailbox.spool.folder.write(
      "muttrc",
      """
      set folder="\(mailbox.spool.path)" record="" mbox_type=Maildir quit=yes delete=no move=no wait_key=no
      set charset=utf-8 print=yes print_decode=yes print_command="cat > '\(mailbox.spool.folder.path)/printed'"
      push "<limit>~s 2<enter><first-entry><print-message><display-message><exit><quit>"

      """)
    let run = try mailbox.onTerminal("LC_ALL=C.UTF-8 \(program) -n -F \"$HOME/muttrc\" -f .")
    let printed = try utf8(
      """
      grep '^Subject: ' ~/printed; date -u -d "$(sed -n 's/^Date: //p' ~/printed)" +%s; tail -n 1 ~/printed
      """)
    #expect(printed.lines == ["Subject: 안녕 제목 2", try sent(2), "한글 본문 2"], "\(run) \(printed)")
    #expect(try states() == ["1 N--", "2 ---", "3 N--"])
  }

  // Fails when mu shows another text or date than was sent. (Its dates are those of Emacs, in two halves.)
  @Test func mu() throws {
    let shown = try utf8(
      """
      mu init --muhome="$HOME/mu" --maildir="$MSG_SPOOL/mailboxes" >/dev/null && mu index --quiet --muhome="$HOME/mu" >/dev/null &&
      mu find --muhome="$HOME/mu" --format=json '본문' | jq -r '.[] | select(.":subject" == "안녕 제목 2") | .":date" | .[0] * 65536 + .[1]' &&
      mu view "$(mu find --muhome="$HOME/mu" --fields=l 'subject:"제목 2"')" | tail -n 1
      """)
    #expect(shown.lines == [try sent(2), "한글 본문 2"], "\(shown)")
  }
}
