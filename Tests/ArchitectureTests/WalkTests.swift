import TestSupport
import Testing

/// ARCHITECTURE.md leads a newcomer through the code by file and function. Breaks when one of them is renamed and the document is not.
@Suite struct WalkTests {
  /// What stands between backticks in a line.
  private static func quoted(_ line: Substring) -> [String] {
    line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// Every path that the document names is there.
  @Test func everyFileIsThere() throws {
    let named = try Repository.read("ARCHITECTURE.md").split(separator: "\n").flatMap(Self.quoted).filter {
      $0.hasPrefix("Sources/") || $0.hasPrefix("Tests/")
    }
    #expect(named.count > 15, "the document was not found, or names no files")
    let files = Repository.files(below: "Sources") + Repository.files(below: "Tests")
    for path in named {
      #expect(files.contains { $0 == path || $0.hasPrefix(path.hasSuffix("/") ? path : path + "/") }, "ARCHITECTURE.md names \(path)")
    }
  }

  /// A step of a walk is written `Sources/....swift` · `function`; the function is declared in that file.
  @Test func everyStepIsInItsFile() throws {
    var steps = 0
    for line in try Repository.read("ARCHITECTURE.md").split(separator: "\n") where line.contains("` · `") {
      let words = Self.quoted(line)
      for (path, function) in zip(words, words.dropFirst()) where line.contains("`\(path)` · `\(function)`") {
        steps += 1
        let text = try Repository.read(path)
        #expect(
          ["func \(function)(", "func \(function)<", "enum \(function)", "struct \(function)", "class \(function)"].contains {
            text.contains($0) || function == "main" && path.hasSuffix("main.swift")
          }, "\(path) has no \(function)")
      }
    }
    #expect(steps >= 12, "the walks were not found")
  }
}
