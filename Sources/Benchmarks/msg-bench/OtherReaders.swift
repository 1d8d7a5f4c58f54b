import Glibc
import SystemCalls

/// How other programs are asked what msg-read is asked: those of them that are installed, nil for one that is not.
struct OtherReaders {
  private let spool: ThrowAwaySpool
  private let box: String

  init(_ spool: ThrowAwaySpool, mailbox box: String) { (self.spool, self.box) = (spool, box) }

  var count: [Program?] {
    [
      sqlite("SELECT count(*) FROM m WHERE unread"), shell("notmuch", "notmuch count tag:unread"),
      shell("mu", "mu find --muhome=\"$HOME/mu\" --fields=i flag:unread | wc -l"), shell("mlist", "mlist -N '\(box)' | wc -l"),
      shell("python3", "python3 \"$HOME/count.py\" '\(box)'"),
    ]
  }

  var newest: [Program?] {
    [
      sqlite("SELECT * FROM m ORDER BY n DESC LIMIT 20"), shell("notmuch", "notmuch search --limit=20 --sort=newest-first '*'"),
      shell("mu", "mu find --muhome=\"$HOME/mu\" --maxnum=20 --sortfield=date --reverse ''"),
      shell("mlist", "mlist '\(box)' | sort | tail -n 20 | mscan 2>/dev/null"),
      shell("python3", "python3 \"$HOME/newest.py\" '\(box)'"),
    ]
  }

  var all: [Program?] {
    [
      sqlite("SELECT * FROM m ORDER BY n", "-json"), shell("notmuch", "notmuch search --format=json '*'"),
      shell("mu", "mu find --muhome=\"$HOME/mu\" --format=json ''"), shell("mlist", "mlist '\(box)' | mscan 2>/dev/null"),
      shell("python3", "python3 \"$HOME/all.py\" '\(box)'"),
    ]
  }

  /// What a line of a list says: number, state, date, sender, subject or first words.
  var allAsText: [Program?] {
    [
      sqlite("SELECT n, unread, flagged, replied, date, \"from\", iif(subject = '', text_preview, subject) FROM m ORDER BY n"),
      shell("mlist", "mlist '\(box)' | mscan 2>/dev/null"),
    ]
  }

  /// The newest 20 when something has changed; sqlite3 has nothing that would tell it.
  var oneNew: [Program?] {
    [
      shell("notmuch", "notmuch new >/dev/null 2>&1 && notmuch search --limit=20 --sort=newest-first '*'"),
      shell(
        "mu",
        "mu index --quiet --lazy-check --muhome=\"$HOME/mu\" && mu find --muhome=\"$HOME/mu\" --maxnum=20 --sortfield=date --reverse ''"),
    ] + newest.suffix(2)
  }

  /// What the others need before they can answer.
  func prepare(_ results: ReadTable) throws {
    let folder = try Directory(opening: spool.folder)
    try write(
      "notmuchrc",
      "[database]\npath=\(spool.folder)/nm\nmail_root=\(spool.path)/mailboxes\n[user]\nprimary_email=a@b\n[new]\ntags=unread;\n", folder)
    let list = "import mailbox,sys\nbox = mailbox.Maildir(sys.argv[1],create=False)\n"
    try write("count.py", list + "print(sum('S' not in m.get_flags() for m in box))\n", folder)
    try write("newest.py", list + "for k in sorted(box.keys())[-20:]: m = box[k]; print(m['From'],m['Date'],m['Subject'])\n", folder)
    try write("all.py", list + "for m in box: print(m['From'],m['Date'],m['Subject'])\n", folder)
    try results.compare(
      "index",
      [
        shell("notmuch", "rm -rf \"$HOME/nm\" && mkdir \"$HOME/nm\" && notmuch new >/dev/null 2>&1"),
        shell(
          "mu",
          "rm -rf \"$HOME/mu\" && mu init --muhome=\"$HOME/mu\" --maildir='\(spool.path)/mailboxes' >/dev/null && mu index --quiet --muhome=\"$HOME/mu\""
        ),
      ], isFirst: true, isNeeded: true)
    let columns = [
      "n", "id", "from", "to", "subject", "date", "unread", "flagged", "replied", "size", "text_preview", "message_id", "in_reply_to",
    ]
    let table = columns.map { $0 == "n" ? "n INTEGER PRIMARY KEY" : "\"\($0)\"" }.joined(separator: ",")
    let values = columns.map { "json_extract(line,'$.\($0)')" }.joined(separator: ",")
    try write(
      "m.sql",
      """
      CREATE TABLE lines(line); CREATE TABLE m(\(table));
      .mode ascii
      .separator "\\t" "\\n"
      .import \(spool.folder)/all.json lines
      INSERT INTO m SELECT \(values) FROM lines; DROP TABLE lines; VACUUM;

      """, folder)
    let read = "'\(spool.folder)/msg-read' --spool='\(spool.path)' --user=bob --all --json > \"$HOME/all.json\""
    _ = try shell("sqlite3", "\(read) && sqlite3 \"$HOME/m.db\" < \"$HOME/m.sql\" >/dev/null")?.run()
  }

  private func write(_ name: String, _ text: String, _ folder: Directory) throws {
    try folder.open(name, .createExclusively).write(all: Array(text.utf8))
  }

  /// A pipeline of other programs.
  private func shell(_ program: String, _ command: String) -> Program? {
    guard unsafe access("/usr/bin/\(program)", X_OK) == 0 else { return nil }
    return Program(
      name: program, path: "/bin/sh", arguments: ["-c", command],
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": spool.folder, "NOTMUCH_CONFIG": "\(spool.folder)/notmuchrc"])
  }

  private func sqlite(_ query: String, _ mode: String = "-list") -> Program? {
    shell("sqlite3", "true").map {
      Program(name: "sqlite3", path: "/usr/bin/sqlite3", arguments: [mode, "\(spool.folder)/m.db", query], environment: $0.environment)
    }
  }
}
