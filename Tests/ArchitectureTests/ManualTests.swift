import TestSupport
import Testing

/// The manual pages in `man/`: well formed, and true as far as a program can tell.
@Suite struct ManualTests {
  private static let tools = ["msg-send", "msg-read", "msg-pay", "msg-alarmd"]
  private static let pages =
    tools.map { page(of: $0) } + ["man/msg-gateways.7", "man/msg-hooks.7", "man/msgspool.5", "man/msgspool-hosts.7"]
  private static let korean = tools.map { page(of: $0, "man/ko") }

  private static func page(of tool: String, _ folder: String = "man") -> String { "\(folder)/\(tool).\(tool == "msg-alarmd" ? 8 : 1)" }

  @Test func everyPageIsKnown() {
    #expect(Repository.files(below: "man") == (Self.pages + Self.korean + ["man/ko", "man/ko/words", "man/options.awk"]).sorted())
  }

  /// Breaks when an option or command is changed without `make man`.
  @Test(arguments: tools)
  func optionsAreThoseOfTheProgram(tool: String) throws {
    let folder = TemporaryFolder()
    try folder.write("help", try run(tool, ["--help"]).output)
    let page = Self.page(of: tool)
    let written = try run("awk", ["-f", "\(Repository.path)/man/options.awk", folder.file("help"), "\(Repository.path)/\(page)"])
    #expect(written.status == 0 && written.errors.isEmpty, "\(written)")
    #expect(try Repository.read(page) == written.output, "\(page) is out of date. Please run 'make man'.")
    // What the page itself then says is what the program takes: the program that writes it could be wrong too.
    func options(_ text: String) -> Set<String> { Set(text.matches(of: /--[a-z][a-z-]*/).map { String($0.0) }) }
    let help = try folder.read("help").split(separator: "\n").filter { $0.wholeMatch(of: /(  -., |      )--.*/) != nil }.map {
      $0.prefix(28)
    }
    let section = try #require(written.output.split(separator: ".\\\" BEGIN options").last?.split(separator: ".\\\" END").first)
    let tags = section.split(separator: ".TP\n").compactMap { $0.split(separator: "\n").first?.replacing("\\-", with: "-") }
    #expect(options(tags.joined(separator: "\n")) == options(help.joined(separator: "\n")))
    #expect(help.count > 7)
  }

  /// Breaks when an option is added or described in other words without a translation, or a translation is of nothing that is said.
  @Test func everyOptionIsTranslated() throws {
    let folder = TemporaryFolder()
    let words = "\(Repository.path)/man/ko/words"
    try folder.write("none", "-\t-\n")
    var said: Set<String> = []
    for tool in Self.tools {
      let page = Self.page(of: tool, "man/ko")
      try folder.write("help", try run(tool, ["--help"]).output)
      func written(_ words: String) throws -> ToolRun {
        try run(
          "awk", ["-v", "words=\(words)", "-f", "\(Repository.path)/man/options.awk", folder.file("help"), "\(Repository.path)/\(page)"])
      }
      let translated = try written(words)
      #expect(translated.status == 0, "man/ko/words lacks these, and then run 'make man':\n\(translated.errors)")
      #expect(try Repository.read(page) == translated.output, "\(page) is out of date. Please run 'make man'.")
      let untranslated = try written(folder.file("none"))
      #expect(untranslated.status == 1)
      said.formUnion(untranslated.errors.split(separator: "\n").map(String.init))
    }
    let known = try Repository.read("man/ko/words").split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
    #expect(Set(known) == said && known.count == said.count)
  }

  /// Breaks when a page has a macro that groff does not know, or one that man(1) would show badly.
  @Test(arguments: pages + korean)
  func isWellFormed(page: String) throws {
    let path = "\(Repository.path)/\(page)"
    let formatted = try run("groff", ["-Kutf8", "-ww", "-man", "-Tutf8", path])
    guard formatted.status != 127 else { throw HarnessFailure("groff is missing: apt-get install groff-base") }
    #expect(formatted.status == 0 && formatted.errors.isEmpty, "\(formatted.errors)")
    let shown = try run("man", ["--warnings", "-E", "UTF-8", "-l", path], environment: ["LC_ALL": "C.UTF-8", "MANWIDTH": "80"])
    guard shown.status != 127 else { throw HarnessFailure("man is missing: apt-get install man-db") }
    #expect(shown.status == 0 && shown.errors.isEmpty && ["SEE ALSO", "함께 보기"].contains(where: shown.output.contains), "\(shown.errors)")
    let lint = try run("mandoc", ["-T", "lint", "-W", "warning", path])
    #expect(lint.status == 0 && lint.output.isEmpty, "\(lint)")
    #expect(try run("groff", ["-ww", "-man", "-Tutf8", "-z"], input: ".TH X 1\n.XX\n").errors.contains("XX"))
  }

  /// What `apropos` finds, and what a page refers to.
  @Test(arguments: pages + korean)
  func namesAndReferencesAreRight(page: String) throws {
    let text = try Repository.read(page)
    let (name, section) = (try #require(page.split(separator: "/").last).split(separator: ".")[0], page.suffix(1))
    #expect(text.hasPrefix(".TH \(name.uppercased()) \(section) "))
    #expect(["NAME", "이름"].contains { text.contains(".SH \($0)\n\(name) \\- ") })
    for reference in text.matches(of: /\n\.BR (msg[a-z\\-]*) \(([1-8])\)/) {
      let target = "man/\(reference.1.replacing("\\", with: "")).\(reference.2)"
      #expect(Self.pages.contains(target), "\(page) refers to \(target)")
    }
  }

  /// Breaks when a hook is shipped that the manual does not name, or one is named that is not.
  @Test func everyHookIsNamed() throws {
    let hooks = Repository.files(below: "spool-example/alarms/available").filter { !$0.hasSuffix(".conf") }
    let list = try #require(
      try Repository.read("man/msg-hooks.7").split(separator: ".\\\" Every hook").last?.split(separator: ".SH ").first)
    let named = list.matches(of: /\.TP\n\.B ([a-z\\-]+)\n/).map { $0.1.replacing("\\-", with: "-") }
    #expect(named.map(String.init).sorted() == hooks.map { String($0.split(separator: "/").last ?? "") })
  }

  /// The same for recipes.
  @Test func everyRecipeIsNamed() throws {
    let recipes = Repository.files(below: "spool-example/recipes").compactMap { $0.split(separator: "/").last.map(String.init) }
    let list = try #require(
      try Repository.read("man/msgspool.5").split(separator: ".\\\" Every recipe").last?.split(separator: ".SH ").first)
    #expect(list.matches(of: /\.TP\n\.B ([a-z.\\-]+)\n/).map { String($0.1).replacing("\\-", with: "-") } == recipes)
  }
}
