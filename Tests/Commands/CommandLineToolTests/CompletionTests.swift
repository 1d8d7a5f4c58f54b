import TestSupport
import Testing

@testable import CommandLineTool

/// What is offered for a command line that is being typed. The scripts in the shells themselves are tested with the real tools.
struct CompletionTests {
  private func offers(_ table: OptionTable, _ words: String...) throws -> [String] {
    let position = table.position(in: words, home: "/home/alice")
    return try table.completionLines(at: position) { kind, _ in
      kind == .account ? ["alice", "bob"].map { Candidate($0, "has 3") } : [Candidate("ann"), Candidate("한준성", "a\tb"), Candidate("bob")]
    }
  }

  // Fails when a word is offered that does not fit there, or one is missing that does.
  @Test(arguments: [
    (["--pe"], ["--peek"]), (["--sort", "da"], ["date"]), (["--sort=da"], ["--sort=date"]), (["--sort", ""], ["date", "from", "size"]),
    (["-aps", "x", "--so"], ["--sort"]), (["-s", ""], []), (["--subject", "--pe"], []), (["--", "--pe"], []), (["--peek", "--pe"], []),
    (["--unknown", "--pe"], ["--peek"]), (["--nothing=da"], []), (["--to", "a"], ["ann"]), (["--to=b"], ["--to=bob"]),
    (["ann,b"], ["ann,bob"]), (["ann,a"], []), (["\"an"], ["ann"]), (["한\\준"], ["한준성"]), (["ann", "b"], []), (["--file", "b"], [":files"]),
    (["--spool=b"], [":directories"]),
  ])
  func words(typed: [String], expected: [String]) throws {
    let lines = try SampleTable.completed.completionLines(at: SampleTable.completed.position(in: typed, home: nil)) { _, _ in
      [Candidate("ann"), Candidate("한준성"), Candidate("bob")]
    }
    #expect(lines.map { $0.split(separator: "\t").first.map(String.init) ?? "" } == expected)
  }

  // Fails when subcommands, or the options and operands that go with one, are not offered or not kept apart.
  @Test func subcommands() throws {
    let bank = SampleTable.withCommands
    #expect(try offers(bank, "h") == ["history\twhat happened"])
    #expect(try offers(bank, "").count == bank.commands.count)
    #expect(try offers(bank, "history", "--acc") == ["--account\twhose"])
    #expect(try offers(bank, "balance", "--acc") == [])
    #expect(try offers(bank, "balance", "-5", "") == [] && offers(bank, "balance", "a") == ["alice\thas 3"])
  }

  // Fails when the words before the current one are not understood as the tool would.
  @Test func wordsBefore() throws {
    let position = SampleTable.plain.position(in: ["--spool", "~/my\\ spool", "--sort='date'", ""], home: "/home/alice")
    #expect(position.arguments.value(CommonOptions.spool) == "/home/alice/my spool" && position.arguments.value(SampleTable.sort) == "date")
    #expect(SampleTable.plain.position(in: ["--spool=x", "-"], home: nil).expected == .options)
  }

  // Fails when a text from the spool can break a line, or a colon of a description another word.
  @Test func descriptionsAreSafe() throws {
    #expect(try offers(SampleTable.completed, "한") == ["한준성\ta␉b"])
  }

  // Fails when a script that a user sources in zsh, instead of putting it into fpath, complains or does nothing.
  @Test func sourcedInZsh() throws {
    let folder = TemporaryFolder()
    try folder.write("script", SampleTable.plain.completionScript(for: .zsh))
    let result = try run(
      "zsh", ["-f", "-c", "autoload -Uz compinit; compinit -u -D; source $1; print $_comps[sample-tool]", "zsh", folder.file("script")],
      environment: ["HOME": folder.path])
    #expect(result.output == "_sample_tool\n" && result.errors.isEmpty, "\(result)")
  }
}
