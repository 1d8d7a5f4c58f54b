import SystemCalls

/// The same questions about the same mailbox, asked of several programs in turn.
final class ReadComparison {
  private let spool: ThrowAwaySpool
  private var mailbox: LargeMailbox
  private let messages: Int
  private let table: ReadTable
  private let others: OtherReaders
  private let nothing = Program(name: "/bin/true", path: "/bin/true")

  init(messages: Int, count: Int, patience: Int) throws {
    self.messages = messages
    table = ReadTable(patience: patience, rounds: count)
    spool = try ThrowAwaySpool(tools: Program.ownFolder())
    // A send makes the spool.
    _ = try spool.command("msg-send", ["bob", "hello"], user: "alice").run()
    mailbox = try LargeMailbox(at: "\(spool.path)/mailboxes/bob", messages: messages)
    others = OtherReaders(spool, mailbox: "\(spool.path)/mailboxes/bob")
  }

  func run() throws {
    try table.line("\(messages) messages, \(LargeMailbox.unread) unread, spool in \(spool.path); milliseconds, MiB")
    try table.head()
    let views = try Directory(opening: spool.path)
    func forget() throws {
      guard let folder = try views.directoryIfPresent("views") else { return }
      for name in ["bob", "bob,changes"] { try folder.remove(name) }
    }
    let newest = reading(["--all", "--newest-first", "--limit=20"])
    let all = reading(["--all", "--json"])
    try table.compare("count, no view", [reading(["--count"])], isFirst: true, forget)
    try table.compare("newest 20, no view", [newest], isFirst: true, forget)
    try table.compare("all as JSON, no view", [all], isFirst: true, forget)
    try others.prepare(table)
    try table.compare("count", [reading(["--count"])] + others.count + [nothing])
    try table.compare("newest 20", [newest] + others.newest + [nothing])
    try table.compare("all as JSON", [all] + others.all)
    try table.compare("all as text", [reading(["--all"])] + others.allAsText)
    try table.compare("one new, newest 20", [newest] + others.oneNew) { try mailbox.add() }
    try table.compare("one marked, newest 20", [newest] + others.oneNew) { try mailbox.mark() }
  }

  private func reading(_ arguments: [String]) -> Program { spool.command("msg-read", arguments, user: "bob") }
}
