import TestSupport

/// A spool made by hand with messages in it, as delivery leaves them, and the tools run on it.
struct TestMailbox {
  let spool = TestSpool()

  init() throws {
    try spool.folder.write("spool/format", "msgspool 1\n")
    for place in ["new", "cur", "tmp"] {
      try spool.folder.write("spool/mailboxes/alice/\(place)/.keep", "")
    }
  }

  /// The 26 digits of the id of the message with this number.
  static func id(_ number: Int) -> String {
    let digits = String(number)
    return "01HF7YAT31JZVKXJ9FZQ6F" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// The file of a message of ours; numbers order the messages in the mailbox.
  @discardableResult
  func add(
    _ number: Int, from: String = "bob", subject: String = "", text: String = "text\n", place: String = "new", flags: String? = nil,
    user: String = "alice"
  ) throws -> String {
    let id = TestMailbox.id(number)
    let file = """
      From: \(from) <\(from)@localhost>
      To: \(user) <\(user)@localhost>
      \(subject.isEmpty ? "" : "Subject: \(subject)\n")Date: Sun, 22 Nov 2026 16:43:0\(number % 10) +0900
      Message-ID: <1.\(id).1@host>
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: 8bit
      X-Msg-Id: \(id)
      X-Msg-Copy: 1/1
      X-Msg-Accepted: 2026-11-22T07:43:0\(number % 10).000000Z
      X-Msg-Price: 1
      X-Msg-Fingerprint: 0123456789abcdef


      """ + text
    let name = "\(1_795_333_380 + number).\(id).host,S=\(file.utf8.count)\(flags.map { ":2,\($0)" } ?? "")"
    try spool.folder.write("spool/mailboxes/\(user)/\(place)/\(name)", file)
    return name
  }

  /// A file of another program.
  func addForeign(_ name: String, _ content: String) throws { try spool.folder.write("spool/mailboxes/alice/\(name)", content) }

  func read(_ arguments: String..., user: String = "alice", environment: [String: String] = [:]) throws -> ToolRun {
    try spool.run("msg-read", arguments, user: user, environment: environment)
  }

  /// Runs a shell script in alice's mailbox, `msg-read` being the built one.
  func shell(_ script: String, environment: [String: String] = [:]) throws -> ToolRun {
    let path = "\(toolFolder):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    return try spool.run(
      "sh", ["-c", "cd '\(spool.path)/mailboxes/alice' && \(script)"],
      environment: ["PATH": path, "HOME": spool.folder.path].merging(environment) { $1 })
  }

  /// Runs a command of a shell under a terminal of its own, `columns` wide; what the terminal gets is the output.
  func onTerminal(_ command: String, columns: Int = 80) throws -> ToolRun {
    try shell("TERM=xterm script -qec 'stty rows 24 cols \(columns) -onlcr; \(command)' /dev/null")
  }

  /// The flags of every message, by its number: `nil` in `new/`.
  func flags() -> [Int: String?] {
    var flags: [Int: String?] = [:]
    for place in ["new", "cur"] {
      for name in spool.folder.names(in: "spool/mailboxes/alice/\(place)") where !name.hasPrefix(".") {
        guard let number = Int(name.split(separator: ".")[0]) else { continue }
        flags[number - 1_795_333_380] = .some(
          place == "new" ? nil : String(name.split(separator: ":2,", omittingEmptySubsequences: false)[1]))
      }
    }
    return flags
  }
}
