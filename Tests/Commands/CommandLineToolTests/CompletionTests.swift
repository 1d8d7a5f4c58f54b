import TestSupport
import Testing

@testable import CommandLineTool

/// The generated scripts, loaded into the shells themselves.
struct CompletionTests {
  private let folder = TemporaryFolder()

  /// What `shell` offers for the words behind the tool's name, the last of them unfinished.
  private func offers(_ shell: CompletionShell, _ table: OptionTable, _ words: [String]) throws -> Set<String> {
    try folder.write("completions/\(shell.fileName(tool: table.tool))", table.completionScript(for: shell))
    let script = folder.file("completions/\(shell.fileName(tool: table.tool))")
    let result =
      switch shell {
      case .bash:
        try run(
          "bash", ["--norc", "-c", CompletionTests.bash, "bash", script, table.tool] + words)
      case .fish:
        try run(
          "fish", ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, ([table.tool] + words).joined(separator: " ")],
          environment: ["HOME": folder.path])
      case .zsh:
        try run(
          "zsh", ["-f", "-c", CompletionTests.zsh, "zsh", folder.file("completions"), ([table.tool] + words).joined(separator: " ")],
          environment: ["HOME": folder.path, "CAPTURE": folder.file("offers")])
      }
    #expect(result.status == 0 && result.errors.isEmpty, "\(shell): \(result)")
    let lines = shell == .zsh ? try folder.read("offers").split(separator: "\n").map(String.init) : result.lines
    if shell == .zsh { try folder.write("offers", "") }
    // Fish adds a description behind a tab; zsh a sign or a space where a value follows.
    return Set(lines.map { String($0.prefix { $0 != "\t" }.prefix { $0 != " " }) })
  }

  private static let bash = """
    source "$1"; tool=$2; shift 2
    COMP_WORDS=("$tool" "$@"); COMP_CWORD=$#
    function=$(complete -p "$tool"); function=${function##*-F }; function=${function%% *}
    "$function"; printf '%s\\n' "${COMPREPLY[@]}"
    """

  /// Completes in an interactive zsh on a terminal of its own whose compadd writes down what it is given.
  private static let zsh = """
    zmodload zsh/zpty
    : > $CAPTURE
    print -r -- '
      PROMPT= fpath=($FOLDER $fpath)
      autoload -Uz compinit; compinit -u -D
      zmodload zsh/complist
      compadd() {
        if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
        typeset -a hits
        builtin compadd -A hits "$@"
        print -rl -- $hits >> $CAPTURE
      }
      finish() { exit }
      comppostfuncs=(finish)
      bindkey "^I" complete-word
    ' > $CAPTURE.rc
    zpty z "FOLDER=${(q)1} zsh -f -i"
    zpty -w z "source ${(q)CAPTURE}.rc; print re''ady"
    zpty -r z line '*ready*'
    zpty -w -n z "$2"$'\\t'
    while zpty -r z line; do :; done
    rm -f $CAPTURE.rc
    """

  // Fails when a script does not load, misses an option, or offers what does not fit what was typed.
  @Test(arguments: CompletionShell.allCases)
  func options(shell: CompletionShell) throws {
    let all = try offers(shell, SampleTable.plain, ["--"])
    for name in ["--subject", "--peek", "--all", "--wait", "--sort", "--spool", "--help", "--version"] {
      #expect(all.contains { $0.hasPrefix(name) }, "\(shell) offers \(all.sorted())")
    }
    let some = try offers(shell, SampleTable.plain, ["--pe"])
    #expect(some == ["--peek"], "\(shell) offers \(some.sorted())")
  }

  // Fails when the value of an option is not offered, typed as a word of its own or behind the sign.
  @Test(arguments: CompletionShell.allCases)
  func values(shell: CompletionShell) throws {
    let separate = try offers(shell, SampleTable.plain, ["--sort", "da"])
    #expect(separate == ["date"], "\(shell) offers \(separate.sorted())")
    // Bash takes the word apart at the sign before a completion function sees it.
    let attached = try offers(shell, SampleTable.plain, shell == .bash ? ["--sort", "=", "da"] : ["--sort=da"])
    #expect(attached == ["date"] || attached == ["--sort=date"], "\(shell) offers \(attached.sorted())")
  }

  // Fails when subcommands, or the options that go with one, are not offered or not kept apart.
  @Test(arguments: CompletionShell.allCases)
  func subcommands(shell: CompletionShell) throws {
    let commands = try offers(shell, SampleTable.withCommands, [""])
    #expect(commands.isSuperset(of: ["balance", "history", "verify"]), "\(shell) offers \(commands.sorted())")
    #expect(try offers(shell, SampleTable.withCommands, ["h"]) == ["history"])
    let own = try offers(shell, SampleTable.withCommands, ["history", "--"])
    #expect(own.contains { $0.hasPrefix("--account") } && own.contains("--json"), "\(shell) offers \(own.sorted())")
    let other = try offers(shell, SampleTable.withCommands, ["balance", "--"])
    #expect(!other.contains { $0.hasPrefix("--account") } && other.contains("--json"), "\(shell) offers \(other.sorted())")
  }

  // Fails when a script that a user sources in zsh, instead of putting it into fpath, complains or does nothing.
  @Test func sourcedInZsh() throws {
    try folder.write("script", SampleTable.plain.completionScript(for: .zsh))
    let result = try run(
      "zsh", ["-f", "-c", "autoload -Uz compinit; compinit -u -D; source $1; print $_comps[sample-tool]", "zsh", folder.file("script")],
      environment: ["HOME": folder.path])
    #expect(result.output == "_sample_tool\n" && result.errors.isEmpty, "\(result)")
  }
}
