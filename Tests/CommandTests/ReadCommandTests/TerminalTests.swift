import TestSupport
import Testing

/// What a person at a terminal sees.
struct TerminalTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    try mailbox.add(1, from: "bob", subject: "=?UTF-8?B?7ZWc6riA66mU7J287ZWo7ZWc6riA66mU7J287ZWo?=", place: "cur", flags: "S")
    try mailbox.add(2, from: "carol", text: "\u{1b}[2J\u{1b}]0;title\u{7} \u{9b}31m\u{202e}evil\r\nnext\tline")
  }

  // Fails when a line is wider than the terminal: Hangul takes two columns.
  @Test func fitting() throws {
    let list = try mailbox.onTerminal("msg-read --all --color=never", columns: 40)
    #expect(list.lines.first == "1 ---  11-22 16:43  bob    한글메일함한…", "\(list)")
    let wide = try mailbox.onTerminal("msg-read --all --color=never", columns: 100)
    #expect(wide.lines.first == "1 ---  2026-11-22 16:43  bob    한글메일함한글메일함", "\(wide)")
    let tiny = try mailbox.onTerminal("msg-read --all --color=never", columns: 10)
    #expect(tiny.lines.allSatisfy { $0.count <= 10 } && tiny.lines.count == 2, "\(tiny)")
    #expect(try mailbox.read("--all").lines.first?.hasSuffix("한글메일함한글메일함") == true, "in a pipe nothing is cut")
  }

  // Fails when a text is broken inside a word that fits on a line, a line is wider than the terminal, or a pipe gets other bytes.
  @Test func wrapping() throws {
    let text = "줄이 긴 한글 문장은 낱말 사이에서 나뉜다 and so does English text that is long enough\n  漢字是不分詞的文字所以在哪裡都可以斷開\nshort\n"
    try mailbox.add(3, text: text)
    let shown = try mailbox.onTerminal("msg-read --peek --color=never 3", columns: 24)
    #expect(
      shown.output.split(separator: "\n\n", maxSplits: 1).last?.split(separator: "\n").map(String.init) == [
        "줄이 긴 한글 문장은 낱말", "사이에서 나뉜다 and so", "does English text that", "is long enough", "  漢字是不分詞的文字所以", "在哪裡都可以斷開", "short",
      ], "\(shown)")
    #expect(try mailbox.read("--peek", "3").output.hasSuffix("\n\n\(text)"))
  }

  // Fails when a message can move the cursor, set colours or turn the direction of the text.
  @Test(arguments: ["", "2 --peek", "--raw 2 --peek", "--body 2 --peek", "--json 2 --peek", "--all --json"])
  func controlCharacters(arguments: String) throws {
    let shown = try mailbox.onTerminal("msg-read --color=never \(arguments)", columns: 200)
    #expect(shown.output.unicodeScalars.contains("e") && shown.output.contains("evil"), "\(shown)")
    for scalar in shown.output.unicodeScalars {
      let isHarmless =
        scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value) && scalar != "\u{202e}" || scalar == "\n" || scalar == "\t"
      #expect(isHarmless, "U+\(String(scalar.value, radix: 16)) reached the terminal")
    }
  }

  // Fails when colour shows where it was not wanted, or does not where it was.
  @Test func colour() throws {
    #expect(try mailbox.onTerminal("msg-read --unread").output.hasPrefix("\u{1b}[1m2 "))
    #expect(try mailbox.onTerminal("NO_COLOR=1 msg-read --unread").output.hasPrefix("2 "))
    #expect(try mailbox.read().output.hasPrefix("2 "))
    #expect(try mailbox.read("--color=always").output.hasPrefix("\u{1b}[1m2 "))
    #expect(try mailbox.onTerminal("msg-read --all").lines.first?.hasPrefix("1 ") == true, "what is read is not bold")
  }

  // Fails when the first look does not say how much there is and how to go on, or a script gets to see that.
  @Test func firstScreen() throws {
    let lines = try mailbox.onTerminal("NO_COLOR=1 msg-read").lines
    #expect(lines.first == "1 unread of 2 messages" && lines.last == "Read the oldest with 'msg-read next', any other by its number.")
    #expect(lines.count == 3 && lines[1].hasPrefix("2 N--"), "\(lines)")
    #expect(try mailbox.read().lines.count == 1)
    let nothing = try mailbox.onTerminal("msg-read --user nobody; echo status $?")
    #expect(nothing.lines == ["status 1"])
  }

  // Fails when the pager is not the user's, is used where nobody looks or nothing is left over, or a message paged to counts as unread.
  @Test func pager() throws {
    for number in 3...30 { try mailbox.add(number, text: "한글 \(number)\n", place: "cur", flags: "S") }
    try mailbox.add(31, text: String(repeating: "a line\n", count: 50))
    let sed = "PAGER=\"sed s/^/paged:/\""
    #expect(try mailbox.onTerminal("\(sed) msg-read --all --color=never").lines.allSatisfy { $0.hasPrefix("paged:") })
    #expect(try mailbox.onTerminal("\(sed) msg-read --color=never").lines.allSatisfy { !$0.hasPrefix("paged:") }, "it fits")
    for pager in ["", "cat"] {
      #expect(try mailbox.onTerminal("PAGER=\(pager) msg-read --all --color=never").lines.first?.hasPrefix(" 1 ---") == true)
    }
    #expect(try mailbox.read("--all", environment: ["PAGER": "sed s/^/paged:/"]).lines.first?.hasPrefix(" 1 ---") == true)
    #expect(try mailbox.onTerminal("PAGER=\"cat >../paged; exit 3\" msg-read last; echo status $?").lines == ["status 0"])
    #expect(try mailbox.shell("grep -c line ../paged").lines == ["50"])
    #expect(mailbox.flags()[31] == "S")
    #expect(try mailbox.onTerminal("PAGER=env msg-read --all").output.contains("LESSCHARSET=utf-8"), "less is told that it is UTF-8")
  }

  // Fails when a text is lost that a pager should have shown which is not there, or counts as read.
  @Test(arguments: ["nosuchpager -R", "/nosuch/less", "/etc/passwd"]) func aPagerThatCannotStart(pager: String) throws {
    try mailbox.add(31, text: String(repeating: "a line\n", count: 50))
    let shown = try mailbox.onTerminal("PAGER=\"\(pager)\" msg-read last; echo status $?")
    #expect(shown.lines.count { $0 == "a line" } == 50 && shown.lines.last == "status 69", "\(shown)")
    #expect(shown.output.contains("the pager '\(pager)' cannot be started"))
    #expect(mailbox.flags()[31] != "S")
  }
}
