import TestSupport
import Testing

/// The committed scripts in the shells as Debian sets them up, with somebody typing on a terminal.
@Suite struct ShellCompletionTests {
  private let spool = TestSpool()

  init() throws {
    try spool.folder.write("spool/format", "msgspool 1\n")
    try spool.folder.write("spool/config", "gateway.bank = exec /bin/true\n")
    try spool.folder.write("spool/aliases", "한준성: junseong\nR&D: alice, bob\n")
    try spool.folder.write("work/file.csv", "")
    try spool.folder.write("work/room/inside", "")
    try spool.folder.writeProgram("spool/alarms/hooks/desktop", "#!/bin/sh\n")
    try #require(spool.run("msg-send", ["-s", "다음 주 회의", "alice", "세 시 어때요?"], user: "bob").status == 0)
    try #require(spool.run("msg-send", ["-s", "the second", "alice,bob,junseong", "hello"], user: "bob").status == 0)
    try #require(spool.run("msg-alarmd", ["silence", "--to", "alice", "--comment", "moving house"]).status == 0)
    let root = Repository.path
    let note = "note() { printf '<%s>' \"$@\" >> ../noted; echo >> ../noted; }\n"
    try command(
      "sh",
      [
        "-c",
        "cd \"$0\" && mkdir -p share/bash-completion share/fish && cp -r \(root)/completions/bash share/bash-completion/completions && "
          + "cp -r \(root)/completions/fish share/fish/vendor_completions.d",
        spool.folder.path,
      ])
    try spool.folder.write("home/.bashrc", ". /usr/share/bash-completion/bash_completion\nPS1='ready> '\n" + note)
    try spool.folder.write(
      "home/.zshrc", "PS1='ready> '\nfpath=('\(root)/completions/zsh' $fpath)\nautoload -Uz compinit\ncompinit -u -D\nbindkey -e\n" + note)
    try spool.folder.write(
      "home/.config/fish/config.fish",
      "function fish_prompt; printf 'ready> '; end\nset -g fish_greeting\n"
        + "function note; printf '<%s>' $argv >> ../noted; echo >> ../noted; end\n")
  }

  /// What a shell shows when `keys` are typed into it.
  private func typed(_ keys: String, into shell: String) throws -> String {
    let words = ["fish": ["fish", "-i"], "zsh": ["zsh", "-i"], "bash": ["bash", "-i"]][shell] ?? []
    let folder = spool.folder
    let shown = try run(
      "sh", ["-c", "cd '\(folder.file("work"))' && exec python3 \"$@\"", "sh", "\(Repository.path)/\(script)"] + words,
      input: keys + "\u{15}echo E''ND\r",
      environment: [
        "PATH": "\(toolFolder):\(Requirements.path)", "HOME": folder.file("home"), "MSG_SPOOL": spool.path, "MSG_USER": "alice",
        "LANG": "C.UTF-8", "TERM": "xterm", "XDG_DATA_DIRS": "\(folder.file("share")):/usr/share",
      ])
    #expect(shown.output.contains("END"), "\(shell): \(shown)")
    return shown.output
  }

  private let script = "Tests/CommandTests/CompletionTests/type-into.py"

  /// What is typed before the tabulator, and the words that stand there then. `ID` is that of the message alice sent.
  private static let cases: [(String, [String])] = [
    ("msg-send al", ["msg-send", "alice"]),
    ("msg-send alice,bo", ["msg-send", "alice,bob"]),
    ("msg-send 한", ["msg-send", "한준성"]),
    ("msg-send R", ["msg-send", "R&D"]),
    ("msg-send --from=bo", ["msg-send", "--from=bob"]),
    ("msg-send --prio", ["msg-send", "--priority"]),
    ("msg-send --priority u", ["msg-send", "--priority", "urgent"]),
    // The text, where neither names nor files belong, and values of which nothing is known.
    ("msg-send bob al", ["msg-send", "bob", "al"]),
    ("msg-send bob fi", ["msg-send", "bob", "fi"]),
    ("msg-send fi", ["msg-send", "fi"]),
    ("msg-read --match fi", ["msg-read", "--match", "fi"]),
    ("msg-read ne", ["msg-read", "next"]),
    ("msg-read --user jun", ["msg-read", "--user", "junseong"]),
    ("msg-pay bal", ["msg-pay", "balance"]),
    ("msg-pay balance bo", ["msg-pay", "balance", "bob"]),
    ("msg-pay breaker ba", ["msg-pay", "breaker", "bank"]),
    ("msg-pay reconcile fi", ["msg-pay", "reconcile", "file.csv"]),
    ("msg-pay balance fi", ["msg-pay", "balance", "fi"]),
    ("msg-alarmd test des", ["msg-alarmd", "test", "desktop"]),
    ("msg-alarmd silence --end 1", ["msg-alarmd", "silence", "--end", "1"]),
    ("msg-alarmd history --state del", ["msg-alarmd", "history", "--state", "delivered"]),
    ("msg-alarmd history --kind=cre", ["msg-alarmd", "history", "--kind=credit"]),
    ("msg-read --spool ro", ["msg-read", "--spool", "room/"]),
    ("msg-read --spool=ro", ["msg-read", "--spool=room/"]),
  ]

  // Fails when a shell completes a word to another one, offers a file where none belongs, or does not find the script.
  @Test(arguments: ["bash", "zsh", "fish"])
  func completes(shell: String) throws {
    // Ctrl-A goes to the beginning of the line: what stands there is not run but noted.
    let shown = try typed(ShellCompletionTests.cases.map { "\($0.0)\t\u{01}note \r" }.joined(), into: shell)
    let noted = try spool.folder.read("noted").split(separator: "\n")
    #expect(noted.count == ShellCompletionTests.cases.count, "\(shell): \(shown)")
    for ((typed, words), found) in zip(ShellCompletionTests.cases, noted) {
      // In zsh the slash of a folder goes where the line ends behind it.
      let found = shell == "zsh" ? String(found.replacing("room>", with: "room/>")) : String(found)
      #expect(found == words.map { "<\($0)>" }.joined(), "\(shell), \(typed)")
    }
  }

  // Fails when several candidates are listed without what helps to choose.
  @Test(arguments: ["bash", "zsh", "fish"])
  func describes(shell: String) throws {
    func list(_ line: String) throws -> String {
      switch shell {
      case "bash": try typed("\(line)\t\t\t", into: shell)
      case "zsh": try typed("\(line)\t\t", into: shell)
      default: try typed("complete -C '\(line)'\r", into: shell)
      }
    }
    let messages = try list("msg-read ")
    #expect(messages.contains("new, bob: 다음 주 회의") && messages.contains("the oldest unread"), "\(shell): \(messages)")
    #expect(try list("msg-send --reply ").contains("new, bob: the second"))
    #expect(try list("msg-pay ").contains("what an account has"))
  }
}
