import Glibc
import SystemCalls

/// The same questions about the same mailbox, asked of several programs in turn.
final class ReadComparison {
  private let spool: ThrowAwaySpool
  private var mailbox: LargeMailbox
  private let messages: Int
  private let count: Int
  private var lines: [String] = []

  private var box: String { "\(spool.path)/mailboxes/bob" }

  init(messages: Int, count: Int) throws {
    (self.messages, self.count) = (messages, count)
    spool = try ThrowAwaySpool(tools: Program.ownFolder())
    // A send makes the spool.
    _ = try spool.command("msg-send", ["bob", "hello"], user: "alice").run()
    mailbox = try LargeMailbox(at: "\(spool.path)/mailboxes/bob", messages: messages)
  }

  func report() throws -> String {
    lines = [
      "\(messages) messages, \(LargeMailbox.unread) unread, spool in \(spool.path)",
      "                              median       min      peak",
    ]
    try first()
    try prepareOthers()
    let repeated = messages > 100_000 ? min(count, 5) : count
    try compare(
      "count",
      [
        reading(["--count"]), shell("notmuch", "notmuch count tag:unread"), sqlite("SELECT count(*) FROM m WHERE unread"),
        shell("mlist", "mlist -N '\(box)' | wc -l"), Program(name: "/bin/true", path: "/bin/true"),
      ], repeated)
    let newest = "--all --newest-first --limit=20".split(separator: " ").map(String.init)
    try compare(
      "newest 20",
      [
        reading(newest), shell("notmuch", "notmuch search --limit=20 --sort=newest-first '*'"),
        shell("mu", "mu find --muhome='\(spool.folder)/mu' --maxnum=20 --sortfield=date --reverse ''"),
        sqlite("SELECT * FROM m ORDER BY n DESC LIMIT 20"), shell("mlist", "mlist '\(box)' | sort | tail -n 20 | mscan 2>/dev/null"),
        Program(name: "/bin/true", path: "/bin/true"),
      ], repeated)
    let few = messages > 100_000 ? 1 : messages > 10_000 ? 3 : repeated
    try compare(
      "all as JSON",
      [
        reading(["--all", "--json"]), sqlite("SELECT * FROM m ORDER BY n", "-json"),
        shell("notmuch", "notmuch search --format=json '*'"), shell("mu", "mu find --muhome='\(spool.folder)/mu' --format=json ''"),
        shell("mlist", "mlist '\(box)' | mscan 2>/dev/null"), shell("python3", "python3 '\(spool.folder)/list.py' '\(box)'"),
      ], few)
    try oneNew()
    return lines.joined(separator: "\n") + "\n"
  }

  private func reading(_ arguments: [String]) -> Program { spool.command("msg-read", arguments, user: "bob") }

  /// A pipeline of other programs; nil where the first of them is not installed.
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

  /// Each once without a view.
  private func first() throws {
    try once("count, first time", reading(["--count"]))
    try once("newest 20, first time", reading(["--all", "--newest-first", "--limit=20"]))
    try once("all as JSON, first time", reading(["--all", "--json"]))
  }

  private func once(_ label: String, _ program: Program?) throws {
    guard let program else { return }
    let result = try program.measure()
    lines.append("\(padded("\(label): \(program.name)", 28)) \(milliseconds(result.nanoseconds))           \(mebibytes(result.peak))")
  }

  /// What the others need before they can answer.
  private func prepareOthers() throws {
    let folder = try Directory(opening: spool.folder)
    try folder.open("notmuchrc", .createExclusively).write(
      all: Array(
        "[database]\npath=\(spool.folder)/nm\nmail_root=\(spool.path)/mailboxes\n[user]\nprimary_email=a@b\n[new]\ntags=unread;\n".utf8))
    try folder.open("list.py", .createExclusively).write(
      all: Array("import mailbox,sys\nfor m in mailbox.Maildir(sys.argv[1],create=False): print(m['From'],m['Date'],m['Subject'])\n".utf8))
    try once("index", shell("notmuch", "mkdir \"$HOME/nm\" && notmuch new >/dev/null 2>&1"))
    try once(
      "index",
      shell("mu", "mu init --muhome=\"$HOME/mu\" --maildir='\(spool.path)/mailboxes' >/dev/null && mu index --quiet --muhome=\"$HOME/mu\""))
    let columns = [
      "n", "id", "from", "to", "subject", "date", "unread", "flagged", "replied", "size", "text_preview", "message_id", "in_reply_to",
    ]
    let table = columns.map { $0 == "n" ? "n INTEGER PRIMARY KEY" : "\"\($0)\"" }.joined(separator: ",")
    let values = columns.map { "json_extract(line,'$.\($0)')" }.joined(separator: ",")
    try folder.open("m.sql", .createExclusively).write(
      all: Array(
        """
        CREATE TABLE lines(line); CREATE TABLE m(\(table));
        .mode ascii
        .separator "\\t" "\\n"
        .import \(spool.folder)/all.json lines
        INSERT INTO m SELECT \(values) FROM lines; DROP TABLE lines; VACUUM;

        """.utf8))
    let list = "'\(spool.folder)/msg-read' --spool='\(spool.path)' --user=bob --all --json > \"$HOME/all.json\""
    _ = try shell("sqlite3", "\(list) && sqlite3 \"$HOME/m.db\" < \"$HOME/m.sql\" >/dev/null")?.run()
  }

  /// One message more each time, counted among all that are known.
  private func oneNew() throws {
    var times: [Int64] = []
    for _ in 0..<5 {
      try mailbox.add()
      times.append(try reading(["--count"]).run())
    }
    times.sort()
    lines.append("\(padded("one new, counted: msg-read", 28)) \(milliseconds(times[2])) \(milliseconds(times[0]))")
  }

  private func compare(_ label: String, _ programs: [Program?], _ rounds: Int) throws {
    let programs = programs.compactMap { $0 }
    var results: [[(nanoseconds: Int64, peak: Int)]] = Array(repeating: [], count: programs.count)
    for program in programs { _ = try program.run() }
    for _ in 0..<rounds { for (index, program) in programs.enumerated() { results[index].append(try program.measure()) } }
    for (program, runs) in zip(programs, results) {
      let times = runs.map(\.nanoseconds).sorted()
      let peak = runs.map(\.peak).max() ?? 0
      lines.append(
        "\(padded("\(label): \(program.name)", 28)) \(milliseconds(times[times.count / 2])) \(milliseconds(times[0])) \(mebibytes(peak))")
    }
  }

  private func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

  private func milliseconds(_ time: Int64) -> String { right("\(time / 1_000_000).\(time / 100_000 % 10) ms", 10) }

  private func mebibytes(_ kibibytes: Int) -> String { right("\((kibibytes + 512) / 1024) MiB", 9) }

  private func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
