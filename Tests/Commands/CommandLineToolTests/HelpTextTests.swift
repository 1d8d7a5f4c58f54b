import Testing

@testable import CommandLineTool

struct HelpTextTests {
  // Fails when an option is missing from the help, or a line of it is too long for a terminal.
  @Test(arguments: [SampleTable.plain, SampleTable.withCommands])
  func everythingIsListed(table: OptionTable) {
    let helps = [table.help()] + table.commands.map { table.help(for: $0) }
    for option in table.allOptions { #expect(helps.contains { $0.contains("--\(option.long)") }, "\(option.long)") }
    for line in helps.flatMap({ $0.split(separator: "\n") }) { #expect(DisplayWidth.columns(of: String(line)) <= 80, "\(line)") }
    for command in table.commands { #expect(helps[0].contains("  \(command.name)")) }
  }

  // Fails when a group hides an option, or shows one a second time below.
  @Test func groupsShowEachOptionOnce() {
    let grouped = OptionTable(
      tool: "sample-tool", summary: "Does nothing.", usage: [""], options: [SampleTable.subject, SampleTable.all, SampleTable.wait],
      groups: [OptionGroup("composing", [SampleTable.subject]), OptionGroup("waiting", [SampleTable.wait])])
    let help = grouped.help()
    let order = ["\ncomposing:", "--subject", "\nwaiting:", "--wait", "\noptions:", "--all", "\ncommon options:"]
    let places = order.map { help.firstRange(of: $0)?.lowerBound ?? help.startIndex }
    #expect(places == places.sorted() && !places.contains(help.startIndex), "\(help)")
    for option in grouped.options { #expect(help.ranges(of: "--\(option.long)").count == 1, "\(option.long)") }
  }

  // Fails when text from a message can act on a terminal, or harmless text is changed.
  @Test(arguments: [
    ("한글 👍 é\u{301}", "한글 👍 é\u{301}"), ("\u{1b}[2J", "␛[2J"), ("a\nb\tc", "a␊b␉c"), ("\u{7f}\u{0}", "␡␀"), ("\u{9b}x", "\u{fffd}x"),
    ("a\r\n", "a␍␊"), ("\u{202e}x\u{2066}", "\u{fffd}x\u{fffd}"),
  ])
  func visible(text: String, expected: String) {
    #expect(TerminalText.visible(text) == expected)
    #expect(TerminalText.visible(text, keepingLines: true).contains("\n") == text.unicodeScalars.contains("\n"))
  }
}
