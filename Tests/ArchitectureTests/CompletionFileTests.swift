import TestSupport
import Testing

/// The committed completion scripts are what the tools would write now. Breaks when an option is changed without `make completions`.
@Suite struct CompletionFileTests {
  @Test(arguments: ["msg-send", "msg-read", "msg-pay", "msg-alarmd"])
  func areUpToDate(tool: String) throws {
    for (shell, name) in [("bash", tool), ("zsh", "_\(tool)"), ("fish", "\(tool).fish")] {
      let now = try run(tool, ["--completion", shell])
      #expect(now.status == 0)
      let committed = try Repository.read("completions/\(shell)/\(name)")
      #expect(committed == now.output, "completions/\(shell)/\(name) is out of date. Please run 'make completions'.")
    }
  }

  /// Breaks when an option is added and put into no group of `--help`.
  @Test(arguments: ["msg-send", "msg-read", "msg-pay", "msg-alarmd"])
  func everyOptionIsInAGroup(tool: String) throws {
    let help = try run(tool, ["--help"]).output
    #expect(help.contains("\ncommon options:\n") && !help.contains("\noptions:\n"), "\(help)")
  }

  /// Each script is loaded by the shell it is for; a syntax error or a missing function fails here.
  @Test(arguments: ["msg-send", "msg-read", "msg-pay", "msg-alarmd"])
  func loadInTheRealShells(tool: String) throws {
    let folder = "\(Repository.path)/completions"
    let bash = try run("bash", ["-c", ". '\(folder)/bash/\(tool)' && complete -p \(tool)"])
    #expect(bash.status == 0 && bash.output.contains(tool), "\(bash)")
    let zsh = try run(
      "zsh", ["-fc", "fpath=('\(folder)/zsh' $fpath); autoload -Uz compinit; compinit -D -u; print -r -- $_comps[\(tool)]"])
    #expect(zsh.output == "_\(tool)\n", "\(zsh)")
    let fish = try run(
      "fish", ["--no-config", "-c", "source '\(folder)/fish/\(tool).fish'; complete -C '\(tool) --verb'"],
      environment: ["PATH": "\(toolFolder):\(Requirements.path)"])
    #expect(fish.output.contains("--verbose"), "\(fish)")
  }
}
