import TestSupport
import Testing

struct HelpTests {
  private let mailbox: TestMailbox

  init() throws { mailbox = try TestMailbox() }

  // Fails when help or version need a spool, or a line of the help is too wide.
  @Test func general() throws {
    let help = try run("msg-read", ["--help"])
    #expect(help.status == 0 && help.errors.isEmpty && help.output.hasPrefix("usage: msg-read "))
    #expect(help.lines.allSatisfy { $0.count <= 80 })
    #expect(try run("msg-read", ["--version"]).output.hasPrefix("msg-read "))
    #expect(try mailbox.shell("msg-read --help >/dev/full").status == 74)
  }

  // Fails when a script for a shell, with the real help in it, is not one that the shell understands.
  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let result = try mailbox.shell("msg-read --completion \(shell) > ../script && \(shell) -n ../script")
    #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
    #expect(try mailbox.shell("cat ../script").output.contains("msg-read --complete"))
  }
}
