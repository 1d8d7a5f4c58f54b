import TestSupport
import Testing

/// What a user notices of the view: nothing, but that looking stays cheap.
struct ViewTests {
  private let mailbox: TestMailbox

  init() throws { mailbox = try TestMailbox() }

  private func fill(_ count: Int) throws {
    for number in 1...count {
      try mailbox.add(number, subject: "number \(number)", place: number % 9 == 0 ? "cur" : "new", flags: number % 9 == 0 ? "S" : nil)
    }
    // Past the tick of the file system's clock in which the last one came: until then no look trusts another.
    _ = try mailbox.shell("until touch ../tick && [ ../tick -nt new ] && [ ../tick -nt cur ]; do :; done")
  }

  private func trace(_ arguments: String) throws -> [String] {
    let result = try mailbox.shell("strace -qq -o ../trace msg-read \(arguments) >/dev/null; cat ../trace")
    return result.lines.filter { !$0.hasPrefix("+++") }
  }

  // Fails when a look at what has not changed lists the folders, opens a message, or costs more for more messages.
  @Test(arguments: ["--count", "--count --all", "--all --newest-first -n5", "--json --all --newest-first -n5", "-n3", "--flagged --count"])
  func unchanged(arguments: String) throws {
    var costs: [Int] = []
    for total in [70, 400] {
      try fill(total)
      for _ in 1...2 { _ = try mailbox.read("--all", "--json") }
      let calls = try trace(arguments)
      #expect(!calls.contains { $0.contains("getdents") || $0.contains("host,S=") || $0.contains("rename") }, "\(calls)")
      costs.append(calls.count)
    }
    #expect(costs[1] - costs[0] <= 4, "\(costs)")
  }

  // Fails when one new message makes all others be read again, or its number or place is not that of its time.
  @Test func oneNew() throws {
    try fill(300)
    for _ in 1...2 { _ = try mailbox.read("--all", "--json") }
    try mailbox.add(301, subject: "late")
    let calls = try trace("--all")
    #expect(calls.filter { $0.contains("host,S=") && $0.contains("open") }.count == 1, "\(calls)")
    #expect(try mailbox.read("--all", "--newest-first", "-n1").output == "301 N--  2026-11-22 16:43  bob  late\n")
  }

  // Fails when a small mailbox, or one that is not there, leaves files behind, or a large one none.
  @Test func whatIsKept() throws {
    try fill(10)
    _ = try mailbox.read("--all")
    _ = try mailbox.read("--count", user: "nobody")
    #expect(mailbox.spool.folder.names(in: "spool") == ["format", "mailboxes"])
    try fill(80)
    _ = try mailbox.read("--count")
    #expect(mailbox.spool.folder.names(in: "spool/views") == ["alice"])
    #expect(mailbox.spool.folder.names(in: "spool/tmp").isEmpty, "what was being written is gone")
    #expect(try mailbox.shell("stat -c %a ../../views ../../views/alice").lines == ["700", "600"])
  }

  // Fails when a view that finds no room is more than a lost shortcut, where many messages are looked at for the first time.
  @Test func noRoomForIt() throws {
    try fill(700)
    let expected = try mailbox.read("--all").output
    for script in ["rm -rf ../../views && touch ../../views", "rm -f ../../views; rm -rf ../../tmp && touch ../../tmp", "rm -f ../../tmp"] {
      // No file may become larger than 4 KiB; what is printed goes through a pipe.
      let result = try mailbox.shell("\(script); (ulimit -f 8; trap '' XFSZ; exec msg-read --all) | cat")
      #expect(result.output == expected && result.errors.isEmpty, "\(result.errors)")
    }
  }

  // Fails when a view that cannot be written, or that is nonsense, is more than a lost shortcut.
  @Test(
    arguments: [
      "rm -rf ../../views && touch ../../views", "rm -rf ../../views && ln -s /tmp ../../views",
      "mkfifo ../../views/f && mv ../../views/f ../../views/alice",
      "rm -f ../../views/alice && mkdir ../../views/alice", "printf 'msgspool-view-4\\n' > ../../views/alice",
      "rm -rf ../../tmp && touch ../../tmp",
      "head -c 300 /dev/urandom > ../../views/alice", "cp ../../views/alice '../../views/alice,changes'",
      "ln -sf /etc/passwd ../../views/alice",
    ])
  func spoiltView(script: String) throws {
    try fill(100)
    let expected = try mailbox.read("--all").output
    #expect(try mailbox.shell(script).status == 0)
    for _ in 1...2 {
      let result = try mailbox.read("--all")
      #expect(result.output == expected && result.status == 0 && result.errors.isEmpty, "\(result)")
      #expect(try mailbox.read("--count").output == "89\n")
    }
    try mailbox.add(101)
    #expect(try mailbox.read("--count").output == "90\n")
  }
}
