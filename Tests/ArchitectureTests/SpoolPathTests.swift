import TestSupport
import Testing

/// Where something is in a spool is written once, in `SpoolLayout`.
@Suite struct SpoolPathTests {
  private static let folders = ["outbox", "mailboxes", "voiding", "failed", "deferred", "views", "pay", "feed", "alarms"]
  /// Those whose bare name means nothing else; `"failed"` is also a state, and `"pay"` a word.
  private static let unmistakable: Set = ["outbox", "mailboxes", "voiding", "views"]

  /// The lines of a source with a literal that is, or begins like, the path of a folder of the spool.
  private static func lines(of text: String) -> [Int] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter { _, line in
      if line.drop(while: { $0 == " " }).hasPrefix("//") { return false }
      return folders.contains { line.contains("\"\($0)/") || unmistakable.contains($0) && line.contains("\"\($0)\"") }
    }.map { $0.offset + 1 }
  }

  /// Breaks with the first path that is spelled out beside the layout.
  @Test func onlyTheLayoutNamesThePlacesOfTheSpool() throws {
    let files = ["Sources/Contexts", "Sources/Adapters", "Sources/Commands"].flatMap { Repository.files(below: $0, suffix: ".swift") }
    for file in files where !file.hasPrefix("Sources/Adapters/SpoolLayout/") {
      for line in Self.lines(of: try Repository.read(file)) {
        Issue.record("\(file):\(line) spells out a place of the spool; SpoolFolder and SpoolFile name them")
      }
    }
  }

  /// The rule sees what it is to see: in the layout itself.
  @Test func theRuleKnowsAPathWhenItSeesOne() throws {
    let found = Self.lines(of: try Repository.read("Sources/Adapters/SpoolLayout/SpoolFolder.swift"))
    #expect(found.count > Self.folders.count)
    #expect(Self.lines(of: "let state = \"failed\"").isEmpty)
    #expect(Self.lines(of: "/// As in \"outbox/ID\".").isEmpty)
  }
}
